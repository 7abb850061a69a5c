#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The serial core under valgrind: tests/valgrind.sh BUILD_FOLDER. Test programs that need no second rank, and a run of
# the whole pipeline, on one rank; what MPI itself does is left out by the suppressions that come with it.
set -u
cd "$(dirname "$0")/.." || exit 1
build=$1
command -v valgrind >/dev/null || { echo 'needs valgrind'; exit 1; }
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 HWLOC_HIDE_ERRORS=2 OPENBLAS_NUM_THREADS=1
export VARVE_CACHE=none VV_BUILD=$build VV_PROGRAM=$build/varve VV_SHARED=${VV_SHARED:-../shared}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
options=(-q --error-exitcode=99)
for file in /usr/share/openmpi/openmpi-valgrind.supp "${PREFIX:-/usr}"/share/openmpi/openmpi-valgrind.supp; do
    [ -r "$file" ] && options+=("--suppressions=$file") && break
done
failed=0
check() { # check LABEL COMMAND...
    local label=$1
    shift
    if valgrind "${options[@]}" "$@" >"$scratch/log" 2>&1 </dev/null; then
        printf '  clean  %s\n' "$label"
    else
        failed=$((failed + 1))
        printf '  FAIL   %s\n' "$label"
        grep -E '^==|FAILED|error' "$scratch/log" | head -n 40 | sed 's/^/         /'
    fi
}
for source in tests/{base,config,data,io,stages,fuzz}/test_*.c tests/neighbors/test_met.c; do
    check "$source" "$build/${source%.c}"
done
cat >"$scratch/c.yml" <<'YAML'
name: c
input: {synthetic: {n_samples: 300, width: 20, depth: 2}}
stages: {prepare: {center: true}, knn: {k: 20}, id: {}, composition: {k: [10]}, depth: {}, report: {}}
resources: {threads: 1}
YAML
check 'varve run' "$build/varve" run "$scratch/c.yml" output="$scratch/o" -q
check 'varve run, a wrong key' bash -c '"$0" run "$1" stages.knn.kk=3; [ $? = 2 ]' "$build/varve" "$scratch/c.yml"
[ "$failed" = 0 ] && echo 'all clean'
exit $((failed > 0))
