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
export OPENBLAS_NUM_THREADS=1
export VARVE_CACHE=none # what is compared is computed each time; tests of the cache set it anew
failures=0

complain() { printf '%s\n' "$*"; failures=$((failures + 1)); }

# varve ARGUMENTS: runs on one rank; leaves $status, and texts in files out and err
varve() { "$program" "$@" >out 2>err </dev/null; status=$?; }
# varve_on N ARGUMENTS: the same on N ranks
varve_on() { local n=$1; shift; "$launch" "$n" "$program" "$@" >out 2>err </dev/null; status=$?; }

# expect WHAT STATUS: the exit code
expect_status() { [ "$status" = "$2" ] || { complain "$1: exit code $status, not $2"; sed 's/^/    /' out err; }; }
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

finish() {
    [ "$failures" = 0 ] && echo "all as expected" && exit 0
    echo "$failures not as expected"
    exit 1
}
