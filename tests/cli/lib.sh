# SPDX-License-Identifier: MIT
# For tests of the command line: text in, exact text out. Sourced by tests/cli/test_*.sh.
# shellcheck shell=bash
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
repository=$PWD
program=$repository/${VV_PROGRAM:-build/release/varve}
launch=$repository/${VV_LAUNCH:-jobs/local/mpirun.sh}
shared=$(cd "${VV_SHARED:-../shared}" 2>/dev/null && pwd) || shared=
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
if [ "$(id -u)" = 0 ]; then export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1; fi
# Where ranks end with an error, Open MPI waits two seconds before it looks whether they are gone. (Tests that stop runs
# through the launcher set grace=1: ranks may have work to finish.)
export OMPI_MCA_odls_base_sigkill_timeout=${grace-0}
export OPENBLAS_NUM_THREADS=1
export VARVE_CACHE=none # what is compared is computed each time; tests of the cache set it anew
failures=0

complain() { printf '%s\n' "$*"; failures=$((failures + 1)); }

# varve ARGUMENTS: runs on one rank; leaves $status, and texts in files out and err
varve() { "$program" "$@" >out 2>err </dev/null; status=$?; }
# varve_on N ARGUMENTS: the same on N ranks
varve_on() { local n=$1; shift; "$launch" "$n" "$program" "$@" >out 2>err </dev/null; status=$?; }

# expect_status WHAT STATUS: the exit code; those for bad input are counted
refused=0
expect_status() {
    [ "$status" = "$2" ] || { complain "$1: exit code $status, not $2"; sed 's/^/    /' out err; }
    case $2 in 2 | 3 | 4 | 5) refused=$((refused + 1)) ;; esac
}
# expect_text WHAT FILE TEXT: the whole file is TEXT
expect_text() {
    [ "$(cat "$2")" = "$3" ] || { complain "$1: $2 is"; sed 's/^/    /' "$2"; printf 'and not\n'; printf '%s\n' "$3" | sed 's/^/    /'; }
}
# expect_line WHAT FILE TEXT: one line of the file is TEXT
expect_line() { grep -qxF -- "$3" "$2" || { complain "$1: $2 has no line '$3' but"; sed 's/^/    /' "$2"; }; }
# expect_part WHAT FILE TEXT: TEXT occurs in the file
expect_part() { grep -qF -- "$3" "$2" || { complain "$1: $2 does not contain '$3' but"; sed 's/^/    /' "$2"; }; }
# expect_errors WHAT N: N lines of err begin with "varve: error:"
expect_errors() {
    local n
    n=$(grep -c '^varve: error:' err)
    [ "$n" = "$2" ] || { complain "$1: $n error lines, not $2"; sed 's/^/    /' err; }
}
# same WHAT: the run in folder o is as the one in folder whole, but for provenance
same() {
    local file
    h5diff --exclude-path /provenance whole/report.h5 o/report.h5 >/dev/null || complain "$1: another report"
    for file in whole/tables/*.csv whole/artifacts/knn/*.h5 whole/summary.txt; do
        cmp "$file" "o/${file#whole/}" || complain "$1: another ${file#whole/}"
    done
}

# ended RUN ARGUMENTS: waits for a launcher whose ranks (those of the program with these arguments) were killed.
# All must go within a minute, but for the launcher: Open MPI 4 locks itself up in PMIx_server_finalize now and then
# when ranks vanish while they connect to it.
stuck=0
ended() {
    local i
    for ((i = 0; i < 600; i++)); do
        kill -0 "$1" 2>/dev/null || break
        sleep 0.1
    done
    if [ "$i" = 600 ]; then
        pkill -9 -f "^$program $2" && complain "$2: ranks went on after others were killed"
        kill -9 "$1"
        stuck=$((stuck + 1))
    fi
    wait "$1" 2>/dev/null
}

finish() {
    [ "$refused" = 0 ] || echo "bad inputs refused: $refused"
    [ "$failures" = 0 ] && echo "all as expected" && exit 0
    echo "$failures not as expected"
    exit 1
}
