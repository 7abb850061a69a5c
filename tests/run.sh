#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs the tests: tests/run.sh BUILD_FOLDER [NAME ...]
# Programs tests/*/test_*.c run on each number of ranks their comment "ranks: 1 2 3" names (default
# 1); scripts tests/*/test_*.sh run once. With NAMEs, only tests whose path contains one of them.
# VV_MOST_RANKS leaves out what needs more. Ends with the line "N passed, N failed, N skipped"; the output of failures is shown.
set -u
cd "$(dirname "$0")/.." || exit 1
build=$1
shift
names=("$@")
launch=jobs/local/mpirun.sh
logs=$build/logs
mkdir -p "$logs"
limit=${VV_TEST_SECONDS:-900}
passed=0 failed=0 skipped=0 refused=0

wanted() {
    [ ${#names[@]} -eq 0 ] && return 0
    for name in "${names[@]}"; do [[ $1 == *"$name"* ]] && return 0; done
    return 1
}

# report LABEL LOG STATUS SECONDS: one line, and the log if it failed
report() {
    local skips
    skips=$(grep -c '\[  SKIPPED \] [a-z]' "$2")
    if [ "$3" = 77 ]; then
        skipped=$((skipped + 1))
        printf '  skip  %-44s %s\n' "$1" "$(tail -n 1 "$2")"
    elif [ "$3" = 0 ]; then
        passed=$((passed + 1))
        printf '  pass  %-44s %3d s' "$1" "$4"
        if [ "$skips" -gt 0 ]; then
            skipped=$((skipped + 1))
            printf '  (some of it skipped: %s)' "$(grep -m 1 -i 'skipp' "$2" | sed 's/^[^a-zA-Z]*//')"
        fi
        printf '\n'
    else
        failed=$((failed + 1))
        printf '  FAIL  %-44s status %s\n' "$1" "$3"
        grep -v '\[       OK \]\|\[ RUN      \]' "$2" | tail -n 60 | sed 's/^/        /'
    fi
}

run() { # run LABEL COMMAND...
    local label=$1 log begin=$SECONDS
    shift
    log=$logs/$(printf '%s' "$label" | tr ' /' '__').log
    timeout --kill-after=10 "$limit" "$@" </dev/null >"$log" 2>&1
    report "$label" "$log" $? $((SECONDS - begin))
    refused=$((refused + $(sed -n 's/^bad inputs refused: //p' "$log" | tail -n 1 | grep . || echo 0)))
}

# The MPI and HDF5 libraries keep what they allocate; our own blocks are counted in every build.
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=0}
export HWLOC_HIDE_ERRORS=2
# An assertion that fails says what it is; its stack says nothing.
export OMPI_MCA_opal_signal=7,8,11
export VV_BUILD=$build VV_PROGRAM=$build/varve VV_LAUNCH=$launch VV_SHARED=${VV_SHARED:-../shared}
export PYTHON=${PYTHON:-/usr/bin/python3}

for source in tests/*/test_*.c; do
    wanted "$source" || continue
    program=$build/${source%.c}
    ranks=$(sed -n 's/.*ranks: *\([0-9 ]*[0-9]\).*/\1/p' "$source" | head -n 1)
    for n in ${ranks:-1}; do
        # A rank whose test fails ends all: the others may wait for it.
        [ "$n" -le "${VV_MOST_RANKS:-1000}" ] && CMOCKA_TEST_ABORT=$((n > 1)) \
            run "${source#tests/} on $n" "$launch" "$n" "$program"
    done
done
for script in tests/*.test.sh tests/*/test_*.sh; do
    [ -f "$script" ] || continue
    wanted "$script" || continue
    run "${script#tests/}" bash "$script"
done

echo
[ "$refused" = 0 ] || echo "$refused bad inputs refused on the command line, with the documented code"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
