#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Each fault point on each of 3 ranks, early and late: the run ends in time, with one error line naming cause and
# rank, the documented code, nothing half-written and nothing leaked; the same command then completes, and its
# report is that of an undisturbed run. VV_FAULTS=full (make check-faults) tries every pass up to the twelfth and many
# of the later ones.
. "$(dirname "$0")/../cli/lib.sh"
program=$repository/${VV_DEBUG_PROGRAM:-build/debug/varve}
[ -x "$program" ] || { echo "needs $program: make VARIANT=debug"; exit 77; }
full=${VV_FAULTS:-short}
cat >c.yml <<'YAML'
name: c
input: {synthetic: {n_samples: 200, width: 12, depth: 1}}
stages:
  knn: {k: 8}
  id:
    estimators: [twonn, gride, decimation, blocks, twonn_bayes, mle, binomial, abide, pca]
    decimation: {halvings: 2}
    blocks: {counts: [3]}
  density: {k: 5}
  peaks: {z: [0, 2]}
  composition: {k: [5]}
  imbalance: {k: [3]}
  similarity: {}
  nucleation: {}
  depth: {}
  report: {formats: []} # scripts of figures, without a gnuplot for each
YAML
cat >p.yml <<'YAML'
name: p
input: {synthetic: {n_samples: 200, width: 12, depth: 0}}
stages:
  prepare: {center: true}
  knn: {k: 8}
  id: {estimators: [gride]}
  probe: {sizes: [20], k: [3], regularization: [0.01, 1], tolerance: 1e-3, bootstrap: {replicates: 20}}
  depth: {resamples: 10}
  report: {formats: []}
YAML
for config in c p; do
    varve_on 3 run $config.yml output=whole_$config
    expect_status "$config undisturbed" 0
done
declare -A code=([memory]=5 [read]=3 [h5-create]=4 [h5-write]=4 [h5-close]=4 [disk-full]=4 [rename]=4)
injected=0 warned=0

# try POINT RANK N: one fault in a run of $config, then the run that follows; leaves whether the fault was met in $met
try() {
    local what="$config: $1 on rank $2, pass $3"
    rm -rf o kept
    VARVE_FAULT=$1:$2:$3 VARVE_CACHE=kept timeout 60 "$launch" 3 "$program" run $config.yml output=o >out 2>err </dev/null
    status=$?
    met=$(grep -c '^(fault)' err)
    [ "$met" = 0 ] && { expect_status "$what" 0; return; }
    injected=$((injected + 1))
    if [ "$status" = 0 ]; then # only what is kept for later runs was lost
        grep -q 'warning: not kept' err || [ "$1" = disk-full ] || [ "$1" = rename ] ||
            [ "$1" = memory ] || complain "$what: no word about it"
        warned=$((warned + 1))
    else
        expect_status "$what" "${code[$1]}"
        refused=0 # not by bad input
        expect_errors "$what" 1
        [ "$2" = 0 ] || grep -q "^varve: error: .*(rank $2)" err || complain "$what: the rank is not named: $(grep error: err)"
    fi
    grep 'leaked' err && complain "$what: memory leaked"
    find o kept -name '*.partial' 2>/dev/null | grep . && complain "$what: temporary files are left"
    VARVE_CACHE=kept varve_on 2 run $config.yml output=o -q
    expect_status "$what, afterwards" 0
    h5diff --exclude-path /provenance whole_$config/report.h5 o/report.h5 >/dev/null || complain "$what: another report afterwards"
}

# until_none_is_met POINT RANK: later and later
until_none_is_met() {
    local n=1
    while [ "$failures" -lt 5 ]; do
        try "$1" "$2" "$n"
        [ "$met" = 0 ] && break
        case $full,$1 in
        full,*) n=$((n + 1 + n / 12)) ;;
        *,memory) n=$((n * 5 + $2 + 1)) ;;
        *) n=$((n * 4 + $2)) ;;
        esac
    done
}
for config in c p; do
    ranks='0 1 2'
    [ $full.$config = short.p ] && ranks=1
    for point in memory read h5-create h5-write h5-close disk-full rename; do
        for rank in $ranks; do until_none_is_met "$point" "$rank"; done
    done
    [ "$failures" -lt 5 ] || finish
done

# What cannot be agreed upon ends all ranks at once.
for rank in 0 2; do
    VARVE_FAULT=exchange:$rank timeout 60 "$launch" 3 "$program" run c.yml output=o --fresh -q >out 2>err </dev/null
    status=$?
    injected=$((injected + 1))
    expect_status "exchange on rank $rank" 1
    expect_errors "exchange on rank $rank" 1
    expect_part "exchange on rank $rank" err "an exchange between ranks failed: "
    expect_part "exchange on rank $rank" err "(rank $rank)"
    VARVE_FAULT=stall:$rank:9 timeout 60 "$launch" 3 "$program" run c.yml output=o --watchdog 2s -q >out 2>err </dev/null
    status=$?
    injected=$((injected + 1))
    expect_status "stall on rank $rank" 1
    grep -q "^varve: error: watchdog: rank $rank has not moved for [0-9]* s: .*, working after sync point" err ||
        complain "stall on rank $rank: $(cat err)"
    [ "$(grep -c 'waiting for other ranks at sync point' err)" = 2 ] || complain "stall on rank $rank: the others say $(cat err)"
done
varve run c.yml output=o --watchdog soon
expect_status 'no time for the watchdog' 2
echo "$injected faults, $warned of them warnings only"
finish
