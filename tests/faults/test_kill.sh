#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# kill -9 of one rank or of all, at random moments, on 2 and 3 ranks, again and again in the same folders: the
# next run completes and its report and tables are those of an undisturbed run. VV_KILLS: how many (make
# check-kill: 200); VV_KILL_SEED: as an earlier run printed it.
export grace=1
. "$(dirname "$0")/../cli/lib.sh"
kills=${VV_KILLS:-12}
RANDOM=${VV_KILL_SEED:=$((SRANDOM % 32768))}
echo "seed $VV_KILL_SEED"
cat >c.yml <<'YAML'
name: c
input: {synthetic: {n_samples: 1500, width: 32, depth: 3}}
stages: {knn: {k: 20}, id: {}, composition: {k: [10]}, depth: {}, report: {}}
YAML
varve run c.yml output=whole -q
export VARVE_CACHE=kept

same_run() {
    same "$1"
    find o kept -name '*.partial' | grep -v '^kept' | grep . && complain "$1: temporary files are left"
}

killed=0 tried=0
while [ "$killed" -lt "$kills" ] && [ "$failures" -lt 5 ]; do
    tried=$((tried + 1))
    [ $((RANDOM % 4)) = 0 ] && rm -rf kept # else some of it is there already
    [ $((RANDOM % 4)) = 0 ] && rm -rf o
    ranks=$((2 + RANDOM % 2))
    "$launch" "$ranks" "$program" run c.yml output=o resources.checkpoint=0.01 -q >out 2>err </dev/null &
    run=$!
    sleep "0.$(printf '%03d' $((RANDOM % 700)))"
    mapfile -t processes < <(pgrep -f "^$program run c.yml output=o")
    if [ "${#processes[@]}" -gt 0 ]; then
        victims=("${processes[@]}")
        [ $((RANDOM % 3)) = 0 ] || victims=("${processes[RANDOM % ${#processes[@]}]}")
        kill -9 "${victims[@]}" 2>/dev/null && killed=$((killed + 1))
    fi
    ended "$run" "run c.yml output=o"
    [ $((RANDOM % 2)) = 0 ] && continue # killed again before it could complete
    varve_on $((1 + RANDOM % 3)) run c.yml output=o resources.checkpoint=0.01 -q
    expect_status "kill $killed" 0
    same_run "kill $killed"
done
varve run c.yml output=o resources.checkpoint=0.01 -q
expect_status 'the last' 0
same_run 'the last'
echo "$killed kills in $tried runs; the launcher locked itself up after $stuck of them"
finish
