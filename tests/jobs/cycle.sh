# SPDX-License-Identifier: MIT
# For tests of job templates: a run that takes several short attempts, and what it must lead to. Sourced.
# shellcheck shell=bash
export grace=1
. "$(dirname "${BASH_SOURCE[0]}")/../cli/lib.sh"
jobs=$repository/jobs
unset VARVE_CACHE # what is finished is found again in the cache beside the run directory
export VARVE=$program
cat >c.yml <<'YAML'
name: c
input: {synthetic: {n_samples: 3000, width: 64, depth: 11}}
stages: {knn: {k: 50}, id: {}, report: {}}
YAML
begin=${EPOCHREALTIME/./}
VARVE_CACHE=none varve run c.yml output=whole -q
took=$((${EPOCHREALTIME/./} - begin)) # microseconds

# limits: times in seconds after which to stop a run, until one is short enough to need several attempts and long enough
# for each of them to get ahead, on this machine and beside what else it does
limits() { awk -v t="$took" 'BEGIN { for (n = 2; n <= 16; n *= 2) printf "%.2f ", 0.3 + t / 1e6 / n }'; }

# went_on WHAT FOLDER: the run there was stopped, went on, and has the report of an undisturbed run
went_on() {
    expect_text "$1" "$2/STATUS" 'done'
    h5diff --exclude-path /provenance whole/report.h5 "$2/report.h5" >/dev/null || complain "$1: another report"
}
