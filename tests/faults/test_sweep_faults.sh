#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Faults in a sweep whose points run side by side on 3 ranks: it ends in time, with one error line, nothing half-written
# and nothing leaked, and the same command then completes with the tables of an undisturbed sweep.
. "$(dirname "$0")/../cli/lib.sh"
program=$repository/${VV_DEBUG_PROGRAM:-build/debug/varve}
[ -x "$program" ] || { echo "needs $program: make VARIANT=debug"; exit 77; }
export OMP_NUM_THREADS=1
cat >c.yml <<'YAML'
name: c
input: {synthetic: {n_samples: 100, width: 8, depth: 0}}
stages: {knn: {k: 4}, id: {estimators: [twonn]}, report: {}}
resources: {ranks_per_point: 1}
sweep: {grid: {stages.knn.k: [3, 4], seed: [1, 2]}}
YAML
varve_on 3 run c.yml output=whole -q
expect_status 'undisturbed' 0
injected=0

try() { # try POINT RANK N
    local what="$1 on rank $2, pass $3"
    rm -rf o kept
    VARVE_FAULT=$1:$2:$3 VARVE_CACHE=kept timeout 60 "$launch" 3 "$program" run c.yml output=o -q >out 2>err </dev/null
    status=$?
    grep -q '^(fault)' err || { expect_status "$what" 0; return 1; }
    injected=$((injected + 1))
    [ "$status" = 124 ] && complain "$what: it hangs"
    [ "$status" = 0 ] || expect_errors "$what" 1
    grep 'leaked' err && complain "$what: memory leaked"
    find o kept -name '*.partial' 2>/dev/null | grep . && complain "$what: temporary files are left"
    VARVE_CACHE=kept varve_on 2 run c.yml output=o -q
    expect_status "$what, afterwards" 0
    cmp whole/sweep.h5 o/sweep.h5 || complain "$what: another sweep.h5 afterwards"
}

for rank in 0 1 2; do
    for point in read h5-create h5-write h5-close disk-full rename; do
        for n in 1 5; do try "$point" "$rank" "$n" || break; done
    done
    for n in 1 100 300 600 1500 3000; do try memory "$rank" "$n" || break; done
done
[ "$injected" -gt 30 ] || complain "only $injected faults were met"
finish
