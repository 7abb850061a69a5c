#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Sweeps: names and order of points, what they share, side by side on parts of the ranks, one by index, failures,
# stops and resuming, the tables over the points.
. "$(dirname "$0")/lib.sh"
unset VARVE_CACHE # points share what is kept beside their folders
export OMP_NUM_THREADS=1

cat >c.yml <<'YAML'
name: s
input: {synthetic: {n_samples: 300, width: 16, depth: 2}}
stages:
  knn: {k: 20}
  id: {estimators: [twonn, gride]}
  composition: {k: 5}
  depth: {}
  report: {}
sweep:
  grid:
    stages.knn.metric: [euclidean, cosine]
    stages.knn.k: [10, 20, 15]
  skip: [{stages.knn.k: 15, stages.knn.metric: cosine}]
YAML

# ---- names, order, what is shared
plan='5 points of stages.knn.k (3), stages.knn.metric (2)
one after the other on 1 rank, into results/s
cache: results/.varve-cache

     #  point                    turn  load   knn    id  composition  depth
     1  k=10,metric=euclidean       4     3     3     *            *      *
     2  k=10,metric=cosine          5     3     4     *            *      *
     3  k=20,metric=euclidean       1     *     *     *            *      *
     4  k=20,metric=cosine          2     3     *     *            *      *
     5  k=15,metric=euclidean       3     3     3     *            *      *
*: computed for this point; a number: taken from that point; kept: in the cache

stage         to compute     shared       kept
load                   1          4          0
knn                    2          3          0
id                     5          0          0
composition            5          0          0
depth                  5          0          0'
# without the column of flops, and the sums at the end
grid() { sed -n '/^[0-9.e+]* Gflop in all/q; p' out | sed -E '/^ *(#|[0-9]+)  /s/^(.{6}  .{21}  .{6})  .{9}/\1/' >grid; }
varve plan c.yml
expect_status 'plan' 0
grid
expect_text 'plan' grid "$plan"
grep -q '^peak memory of one rank: about .* for data, in the largest point$' out || complain 'no peak memory'
python_order='{stages.knn.k: [10, 20, 15], stages.knn.metric: [euclidean, cosine]}'
sed -e '/^sweep:/,$d' c.yml >d.yml
printf 'sweep:\n  skip: [{stages: {knn: {metric: cosine, k: [15]}}}]\n  grid: %s\n' "$python_order" >>d.yml
varve plan d.yml
grid
expect_text 'another order of keys, and nested ones' grid "$plan"
varve plan d.yml --count
expect_text 'count' out 5
sed -e '/^sweep:/,$d' c.yml >single.yml
varve plan single.yml --count
expect_text 'count of a single run' out 1
varve plan single.yml --sweep stages.knn.metric=euclidean,cosine --sweep 'stages.knn.k=[10,20]' --count
expect_text 'count of --sweep' out 4
varve plan c.yml --sweep stages.knn.k=10 --count
expect_text '--sweep replaces a list' out 2
varve check c.yml
expect_text 'check' out 'c.yml: ok: 5 points of stages.knn.k (3), stages.knn.metric (2)'
varve plan c.yml -v
expect_line 'overrides' out '        stages.knn.k=15 stages.knn.metric=euclidean'

# names: lists, texts, labels, paths, long ones
names() { sed -n 's/^ *[0-9]*  \([^ ]*=[^ ]*\)  .*/\1/p' out; }
varve plan single.yml --sweep 'stages.composition.k=[3],[3,5]' --sweep 'name=a' >/dev/null
expect_status 'name' 2
varve plan single.yml --sweep 'stages.composition.k=[3],[3,5]' --sweep stages.knn.k=10,20 --sweep seed=7
[ "$(names)" = 'composition.k=3,knn.k=10
composition.k=3,knn.k=20
composition.k=3+5,knn.k=10
composition.k=3+5,knn.k=20' ] || complain "names are $(names)"
varve plan single.yml --sweep 'stages.id.reported.estimator=twonn,{the best: gride}' --sweep input.synthetic.noise=0.10,1e-3
[ "$(names)" = 'noise=0.1,estimator=twonn
noise=0.1,estimator=the_best
noise=0.001,estimator=twonn
noise=0.001,estimator=the_best' ] || complain "names are $(names)"
varve plan single.yml --sweep seed=5
[ "$(names)" = 'seed=5' ] || complain "names are $(names)"
long=$(printf 'x%.0s' $(seq 60))
varve plan single.yml --sweep "seed={${long}1: 1}" --sweep "input.synthetic.seed={${long}: 1},{${long}: 2}"
expect_status 'a label twice' 2
expect_part 'a label twice' err "the label '$long' is given to two values"
varve plan single.yml --sweep "seed={${long}: 1},{b: 2}" --sweep "input.synthetic.seed={${long}: 1},{y: 2}"
[ "$(names | head -n 1 | wc -c)" = 121 ] || complain "a long name has $(names | head -n 1 | wc -c) letters"
[ "$(names | sort -u | wc -l)" = 4 ] || complain 'names that are cut are not different'

# ---- one after the other: the largest table is made once, and serves
varve run c.yml
expect_status 'run' 0
sed -E '/^ /s/computed, .*/computed/; s/, [0-9.]+ s\)/)/' out >seen
expect_text 'run' seen '
   1 k=10,metric=euclidean: computed
   2 k=10,metric=cosine: computed
   3 k=20,metric=euclidean: computed
   4 k=20,metric=cosine: computed
   5 k=15,metric=euclidean: computed

sweep: results/s/sweep.h5  (5 points computed)'
[ "$(grep -c '^varve: knn .*reused$' err)" = 9 ] || complain 'neighbors were computed for every point'
[ "$(grep -c '^varve: knn .* s$' <(sed 's/  (about.*//' err))" = 6 ] || complain 'neighbors were not computed once'
expect_line 'beginning' err 'varve: sweep of 5 points, 1 at a time on 1 rank, into results/s'
[ "$(grep -o 'point [0-9] of 5: [^:]*$' err | sed 's/:.*//')" = 'point 3 of 5
point 4 of 5
point 5 of 5
point 1 of 5
point 2 of 5' ] || complain 'the order is another one'
expect_text 'STATUS' results/s/STATUS done
[ -e results/s/.claim ] && complain 'the claim is left'
grep -v '^#' results/s/tables/points.csv >seen
expect_text 'points' seen 'point,stages.knn.k,stages.knn.metric,index,finished
"k=10,metric=euclidean",10,euclidean,1,1
"k=10,metric=cosine",10,cosine,2,1
"k=20,metric=euclidean",20,euclidean,3,1
"k=20,metric=cosine",20,cosine,4,1
"k=15,metric=euclidean",15,euclidean,5,1'
# The table over the points is the tables of the points, with the keys in front.
body() { grep -v '^#' "$1" | tail -n +2; }
for table in id_reported composition_by_k_layer depth id_gride; do
    for point in 'k=10,metric=euclidean' 'k=10,metric=cosine' 'k=20,metric=euclidean' 'k=20,metric=cosine' 'k=15,metric=euclidean'; do
        k=${point#k=}
        body "results/s/$point/tables/$table.csv" | sed "s/^/\"$point\",${k%%,*},${point#*metric=},/"
    done >wanted
    cmp wanted <(body "results/s/tables/$table.csv") || complain "$table over the points is not that of the points"
done
cp -r results/s sequential

# A point is a run like any other.
varve run c.yml sweep= stages.knn.k=10 stages.knn.metric=cosine output=one -q
expect_status 'the same by itself' 0
h5diff --exclude-path /provenance one/report.h5 'results/s/k=10,metric=cosine/report.h5' || complain 'a point is not the run by itself'
diff -r one/tables 'results/s/k=10,metric=cosine/tables' || complain 'tables of a point are not those of the run by itself'
expect_line 'origin' 'results/s/k=10,metric=cosine/config.yml' '    k: 10  # c.yml:12'

# ---- again: everything is finished; what is damaged or asked anew is not
varve run c.yml
expect_status 'again' 0
expect_part 'again' out '(0 points computed, 5 finished before, '
expect_line 'again' err 'varve: point 2 of 5: k=10,metric=cosine: finished before, left as it is'
grep -q 'layer_' err && complain 'a finished point was touched'
cmp results/s/sweep.h5 sequential/sweep.h5 || complain 'another sweep.h5'
echo x >>'results/s/k=10,metric=cosine/tables/id_reported.csv'
varve run c.yml stages.composition.k=5
sed 's/ed, .*/ed/' out >seen
expect_line 'one damaged' seen '   2 k=10,metric=cosine: computed'
expect_part 'one damaged' out '(1 point computed, 4 finished before, '
diff -r results/s/tables sequential/tables || complain 'what was damaged is not as before'
varve run c.yml stages.composition.k=6
expect_part 'another parameter' out '(5 points computed, '
varve plan c.yml stages.composition.k=6
grid
expect_line 'kept' grid '     2  k=10,metric=cosine          5  kept  kept  kept         kept   kept'
varve run c.yml --fresh -q
expect_part 'fresh' out '(5 points computed, '
rm -rf results

# ---- side by side
for ranks in 2 3 4; do
    varve_on "$ranks" run c.yml resources.ranks_per_point=1
    expect_status "side by side on $ranks" 0
    expect_line "side by side on $ranks" err "varve: sweep of 5 points, $ranks at a time on 1 rank, into results/s"
    [ "$(grep -c ': knn .*reused$' err)" = 9 ] || complain "on $ranks: neighbors were not computed once"
    grep '^varve: ' err | grep -v '^varve: sweep of\|^varve: k=[0-9]*,metric=[a-z]*: ' && complain "on $ranks: lines of no point"
    cmp results/s/sweep.h5 sequential/sweep.h5 || complain "on $ranks: another sweep.h5"
    diff -r results/s/tables sequential/tables || complain "on $ranks: other tables"
    for point in sequential/*=*; do
        h5diff --exclude-path /provenance "$point/report.h5" "results/s/${point#*/}/report.h5" || complain "on $ranks: another report of $point"
    done
    rm -rf results
done
varve_on 3 run c.yml resources.ranks_per_point=2 -q # one group of three
expect_status 'two ranks a point on 3' 0
cmp results/s/sweep.h5 sequential/sweep.h5 || complain 'on all 3 ranks: another sweep.h5'
rm -rf results
varve plan c.yml resources.ranks_per_point=2 --ranks 5
head -n 4 out >seen
expect_text 'plan side by side' seen '5 points of stages.knn.k (3), stages.knn.metric (2)
side by side, each on 2 ranks or one more, into results/s
2 at a time, in 2 waves: first the points that make what others take
cache: results/.varve-cache'

# ---- one point of an array
varve run c.yml --index 5
expect_status 'index' 0
grep -q "^report: results/s/k=15,metric=euclidean/report.h5  (0 warnings, " out || complain 'no summary of the point'
[ -e results/s/STATUS ] || [ -e results/s/sweep.h5 ] && complain 'one point wrote for all'
h5diff --exclude-path /provenance results/s/k=15,metric=euclidean/report.h5 sequential/k=15,metric=euclidean/report.h5 || complain 'another report by index'
for index in 0 6 x -1; do
    varve run c.yml --index "$index"
    expect_status "index $index" 2
    expect_text "index $index" err "varve: error: option '--index' needs a number from 1 to 5, the number of points, not '$index'
hint: sbatch --array=1-\$(varve plan --count c.yml)"
done
varve run single.yml --index 1
expect_status 'index without a sweep' 2
expect_text 'index without a sweep' err "varve: error: option '--index' needs a sweep, and 'single.yml' describes none
hint: add 'sweep: {grid: {a.b: [1, 2]}}', or --sweep a.b=1,2"
varve plan c.yml --index 5
expect_part 'plan of a point' out '  knn           3 of 3 to be reused'
for index in 1 2 3 4; do varve run c.yml --index "$index" -q; done
varve run c.yml -q
expect_part 'after the array' out '(0 points computed, 5 finished before, '
cmp results/s/sweep.h5 sequential/sweep.h5 || complain 'after the array: another sweep.h5'
rm -rf results

# ---- failures: rows that occur twice are refused when they are read
idx() { # idx FILE ROWS...: rows of 2 bytes
    local file=$1
    shift
    # shellcheck disable=SC2059
    { printf '\0\0\10\2\0\0\0'; printf "\\$(printf %o $#)"; printf '\0\0\0\2'; printf "\\%s" "$@" | sed 's/-/\\/g' >text; printf "$(cat text)"; } >"$file"
}
idx a.idx 1-1 1-7 3-2 5-5 7-1 11-3
idx bad.idx 1-1 1-1 3-2 5-5 7-1 11-3
idx b.idx 1-2 1-5 3-2 6-5 7-1 12-4
cat >nets.yml <<'YAML'
name: nets
input: {layers: {path: none}}
stages: {knn: {k: 2}, id: {estimators: [twonn]}, depth: {}, report: {}}
sweep:
  zip:
    input.layers.path: [{first: a.idx}, {broken: bad.idx}, {second: b.idx}]
    seed: [1, 2, 3]
YAML
varve run nets.yml
expect_status 'a failure' 3
expect_errors 'a failure' 1
grep -q "^varve: error: point 2 of 3, path=broken: load layer 'bad': " err || complain 'the failure is not told'
sed -E 's/: (computed|failed).*/: \1/' out >seen
expect_text 'a failure' seen '
   1 path=first: computed
   2 path=broken: failed
   3 path=second: not begun'
expect_part 'a failure' results/nets/STATUS 'failed: point 2 of 3, path=broken: '
[ -e results/nets/sweep.h5 ] && complain 'tables over a sweep that failed'
varve run nets.yml --keep-going
expect_status 'keep going' 1
sed -E '/^ /s/(computed|failed)[:,].*/\1/; s/, [0-9.]+ s\)/)/' out >seen
expect_text 'keep going' seen '
   1 path=first: finished before
   2 path=broken: failed
   3 path=second: computed

sweep: results/nets/sweep.h5  (1 point computed, 1 finished before, 1 failed)'
grep -q "^varve: warning: point path=broken failed: load layer 'bad': " err || complain 'the failure is not told at once'
expect_line 'keep going' err 'varve: error: 1 of 3 points failed'
expect_line 'keep going' err 'hint: the same command tries them again, and leaves the others as they are'
grep -v '^#' results/nets/tables/points.csv >seen
expect_text 'points that failed' seen 'point,input.layers.path,seed,index,finished
path=first,first,1,1,1
path=broken,broken,2,2,0
path=second,second,3,3,1'
# many networks: one table of depths
[ "$(body results/nets/tables/depth.csv | cut -d, -f1-3)" = 'path=first,first,1
path=second,second,3' ] || complain 'no table of depths over the networks'
for ranks in 2 3; do
    rm -rf results
    varve_on "$ranks" run nets.yml --keep-going resources.ranks_per_point=1
    expect_status "keep going on $ranks" 1
    expect_errors "keep going on $ranks" 1
    expect_line "keep going on $ranks" err 'varve: error: 1 of 3 points failed'
    expect_part "keep going on $ranks" out '   2 path=broken: failed: load layer '
    rm -rf results
    varve_on "$ranks" run nets.yml resources.ranks_per_point=1
    expect_status "a failure on $ranks" 3
    expect_errors "a failure on $ranks" 1
    expect_part "a failure on $ranks" err 'varve: error: point 2 of 3, path=broken: load layer '
done
varve run nets.yml 'sweep.zip.input.layers.path=[a.idx, missing.idx, b.idx]' output=never
expect_status 'a file that is missing' 3
expect_part 'a file that is missing' err "point 2 of 3, path=missing.idx,seed=2: cannot open 'missing.idx'"
[ -e never ] && complain 'a point ran before all were looked at'
varve run nets.yml 'sweep.zip.input.layers.path=[a.idx, missing.idx, b.idx]' output=some --keep-going -q
expect_status 'a missing file, keep going' 1
expect_part 'a missing file, keep going' out '1 failed'
rm -rf results

# ---- stops
cat >long.yml <<'YAML'
name: long
input: {synthetic: {n_samples: 2500, width: 64, depth: 2}}
stages: {knn: {k: 50}, report: {}}
sweep: {grid: {seed: [1, 2, 3, 4], input.synthetic.seed: [1, 2]}}
YAML
for ranks in 1 2; do
    rm -rf results
    more=()
    [ "$ranks" = 2 ] && more=(resources.ranks_per_point=1)
    "$launch" "$ranks" "$program" run long.yml "${more[@]}" >out 2>err </dev/null &
    run=$!
    for _ in $(seq 300); do grep -q 'point [0-9] of 8.* s$' err && break; sleep 0.1; done
    touch results/long/STOP
    wait "$run"
    status=$?
    expect_status "STOP on $ranks" 75
    expect_errors "STOP on $ranks" 0
    expect_line "STOP on $ranks" err 'hint: what was finished is kept; the same command goes on from there'
    expect_part "STOP on $ranks" out ': computed, '
    expect_text "STOP on $ranks" results/long/STATUS stopped
    [ -e results/long/STOP ] && complain 'the request is still there'
    find results -name '.*.partial' | grep . && complain 'temporary files are left'
    find results -name .claim | grep . && complain 'a claim is left'
    n=$(grep -c ': computed, ' out)
    varve_on "$ranks" run long.yml "${more[@]}" --resume
    expect_status "resumed on $ranks" 0
    expect_part "resumed on $ranks" out "($((8 - n)) points computed, $n finished before, "
    cp results/long/sweep.h5 "sweep.$ranks"
done
cmp sweep.1 sweep.2 || complain 'another sweep.h5 on two ranks after a stop'
rm -rf results
"$launch" 2 "$program" run long.yml resources.ranks_per_point=1 >out 2>err </dev/null &
run=$!
for _ in $(seq 300); do grep -q 'point [0-9] of 8.* s$' err && break; sleep 0.1; done
kill -USR1 "$run"
wait "$run"
status=$?
expect_status 'SIGUSR1' 75
expect_line 'SIGUSR1' err 'varve: stopped on request'
varve run long.yml resources.time_limit=0.05 --resume # the cache has nearly all of it
expect_status 'time limit' 75
expect_line 'time limit' err 'varve: stopped: the time limit is over'
varve run long.yml -q
expect_status 'after two stops' 0
cmp results/long/sweep.h5 sweep.1 || complain 'another sweep.h5 after two stops'
varve run long.yml output=nowhere --resume
expect_status 'nothing to resume' 2
expect_part 'nothing to resume' err "there is no sweep in 'nowhere' to go on with"

# ---- the example
varve run "$repository/configs/grids/noise.yml" -q output=example 'stages.report.formats=[svg, pdf]'
expect_status 'the example' 0
expect_part 'the example' out 'sweep: example/sweep.h5  (6 points computed, '
# Its profiles side by side: a panel for each point, which those of a point by itself are not.
for point in noise=clean,k=40,metric=euclidean noise=noisy,k=60,metric=euclidean; do
    grep -qF "$point" example/figures/id.gp || complain "$point is not in the figure of all points"
done
panels=$(grep -c "^set label .*metric=" example/figures/id.gp)
[ "$panels" = 6 ] || complain "$panels panels, not 6"
if command -v gnuplot >/dev/null; then
    [ -s example/figures/id.svg ] && [ -s example/figures/id.pdf ] || complain 'the figure is not drawn in both formats'
    [ "$(grep -c '"figures/id.\(svg\|pdf\)": [1-9]' example/manifest.json)" = 2 ] || complain 'the figure is not in the manifest'
fi
varve run "$repository/configs/grids/noise.yml" -q output=example stages.report.figures=false
expect_status 'no figures' 0
[ -z "$(ls example/figures 2>/dev/null)" ] || complain "figures of an earlier sweep are left: $(ls example/figures)"

# ---- a point that was run again by itself is computed again for the tables over all points
varve run "example/noise=clean,k=40,metric=cosine/config.yml" -q
expect_status 'a point by itself' 0
varve run "$repository/configs/grids/noise.yml" -q output=example/ stages.report.figures=false
expect_status 'the sweep afterwards' 0
expect_part 'the sweep afterwards' out 'sweep: example/sweep.h5  (1 point computed, 5 finished before, '

# ---- many networks: their depths in one table, and whether the ID rule orders them as labels do
cat >networks.yml <<'YAML'
name: networks
input: {synthetic: {n_samples: 500, width: 24, depth: 9, n_classes: 4, n_superclasses: 2}}
stages: {knn: {k: 20}, id: {}, composition: {k: [10]}, depth: {}, report: {figures: false, html: false}}
sweep: {zip: {input.synthetic.depth: [5, 7, 9, 12], input.synthetic.gather_end: [0.5, 0.7, 0.9, 1]}}
YAML
varve_on 2 run networks.yml -q
expect_status 'networks' 0
# Ranks by the ID rule 4 1 3 2, by labels 1 2 3 4: rho = 1 - 6 (9 + 1 + 0 + 4) / 60.
expect_part 'networks' out "Over 4 networks the relative depths by the ID rule and by the overlap with 'class' have the rank correlation -0.40 (Spearman"
grep -v '^#' results/networks/tables/depth_across.csv | sed 's/^"[^"]*"//' | cut -d, -f9,11 >depths
expect_text 'depths of networks' depths 'relative_id_rule,relative_overlap_class
0.8,0.6
0.7142857142857143,0.7142857142857143
0.7777777777777778,0.8888888888888888
0.75,1'
[ -e results/networks/tables/depth_correlation_overlap_class.csv ] || complain 'no rank correlations of four networks'
# Rows that repeat a network, at other values of keys that change no layer, are no further observations.
for again in stages.knn.k=15,20 input.synthetic.n_samples=400,500; do
    varve run networks.yml -q output=again --sweep "$again"
    expect_status "networks, $again" 0
    expect_part "networks, $again" out "No rank correlation between the ID rule and labels: the 8 observations are of 4 networks only,"
    grep -q Spearman out && complain "$again: a rank correlation of repeated networks"
    [ -e again/tables/depth_correlation_overlap_class.csv ] && complain "$again: a table of rank correlations"
    rm -rf again
done
# Side by side with other keys they are still four networks; of one network there is nothing to say.
varve run networks.yml -q output=again 'sweep.zip.stages.knn.k=[15, 16, 17, 18]'
expect_status 'networks, each at its k' 0
expect_part 'networks, each at its k' out 'Over 4 networks the relative depths by the ID rule'
varve run networks.yml -q output=one 'sweep={grid: {stages.knn.k: [10, 15, 20]}}'
expect_status 'one network' 0
grep -q 'rank correlation' out && complain 'words about the networks where there is one'
finish
