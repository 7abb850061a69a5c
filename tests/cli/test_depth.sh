#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Transfer depth from the command line: many networks in one run, labels, another network; on several ranks, from the
# cache, and with evidence missing.
. "$(dirname "$0")/lib.sh"
"$PYTHON" -c 'import h5py' 2>/dev/null || { echo 'skipped: needs h5py'; exit 77; }
export OMP_NUM_THREADS=1
"$PYTHON" "$repository/tests/cli/depth.py" write
cat >nets.yml <<'YAML'
name: nets
input:
  layers: {path: nets.h5, dataset: '?/layer_*'}
  labels:
    topic: {path: nets.h5, dataset: topic}
    few: {path: nets.h5, dataset: few, missing: -1}
  others: {target: {path: target.h5, dataset: '?/layer_*'}}
  duplicates: drop
stages:
  knn: {k: 20}
  id: {}
  composition: {k: [5, 20]}
  imbalance: {networks: target}
  similarity: {networks: target, batch: 64, k: 20}
  probe: {sizes: [50, 5000], regularization: [0.1], alpha: [], tolerance: 0.001, permuted: false,
          bootstrap: {replicates: 0}}
  depth: {resamples: 200}
  report: {}
YAML
varve run nets.yml -q output=all
expect_status 'all networks' 0
"$PYTHON" "$repository/tests/cli/depth.py" compare all >checked 2>&1 || { complain 'by definition:'; cat checked; }

# Two series, a part of their layers: the same bits on any number of ranks.
part=('input.layers.select=["a/layer_[1-4]", "b/layer_[2-4]"]' 'stages.probe.sizes=[50]' 'stages.similarity.pairs=next')
varve run nets.yml -q output=one "${part[@]}"
expect_status 'on 1 rank' 0
for n in 2 3 4 7; do
    rm -rf many
    varve_on "$n" run nets.yml -q output=many "${part[@]}"
    expect_status "on $n ranks" 0
    h5diff one/report.h5 many/report.h5 /depth >difference 2>&1 || complain "on $n ranks: $(head -n 3 difference)"
    cmp one/summary.txt many/summary.txt || complain "on $n ranks: another summary"
    (cd one && find artifacts/probe tables -type f) | while read -r file; do
        cmp "one/$file" "many/$file" || echo differs >differs
    done
done
[ -e differs ] && complain 'other files on more ranks'

# From the cache, on other ranks: what the probe got right is read again from its files.
export VARVE_CACHE=kept
varve run nets.yml -q output=c "${part[@]}"
varve_on 2 run nets.yml output=c "${part[@]}" stages.depth.confidence=0.9
expect_part 'from the cache' err 'varve: probe        1/7 a/layer_1  reused'
varve run nets.yml -q --fresh output=f "${part[@]}" stages.depth.confidence=0.9
h5diff c/report.h5 f/report.h5 /depth >difference 2>&1 || complain "from the cache: $(head -n 3 difference)"
VARVE_CACHE=none

# Evidence that is missing. said WHAT TEXT ARGUMENTS: the verdict
said() {
    rm -rf o
    varve run nets.yml -q output=o "${@:3}"
    expect_status "$1" 0
    tr -s '\n ' ' ' <o/summary.txt | grep -qE -- "$2" || { complain "$1: no '$2' in"; sed 's/^/    /' o/summary.txt; }
}
cat >bare.yml <<'YAML'
name: bare
input: {layers: {path: nets.h5, dataset: 'a/layer_*'}, duplicates: drop}
stages: {knn: {k: 20}, id: {}, depth: {}, report: {}}
YAML
varve run bare.yml -q output=bare
expect_status 'only the ID' 0
grep -qE "Label|network|plateau" bare/summary.txt && complain 'labels, networks or plateaus out of nothing'
h5ls bare/report.h5/depth | grep -qE 'by_probe|with|plateau|correlation' && complain 'columns of what is not there'
varve run bare.yml -q output=bare stages.depth.resamples=0
expect_status 'no resamples' 0
grep -q 'Resampled' bare/summary.txt && complain 'resampled although resamples is 0'
said 'one layer' 'a: no suggestion: fewer than three layers have an ID\. Label .topic. \(probe\): layer 0, ' \
    'input.layers.select=["a/layer_0"]'
said 'two layers' 'no suggestion: fewer than three layers have an ID\. Label .topic. \(probe\): ' \
    'input.layers.select=["a/layer_[01]"]'
said 'no probe' "Label 'topic' \(neighbors\): layer" \
    'stages={knn: {k: 20}, id: {}, composition: {k: 20}, depth: {}, report: {}}'
said 'numbers' "Numbers 'topic': R\^2 of the ridge probe is highest at layer [23], 0\.[0-9]* \(0\.[0-9]* to 0\.[0-9]*\); it is not" \
    'stages={knn: {k: 20}, id: {}, probe: {labels: [topic], numeric: [topic], alpha: [10]}, depth: {}, report: {}}' \
    'input.layers.select=["a/layer_*"]'
said 'three rows' 'a: no suggestion: the ID has no pronounced peak after the input' 'input.samples.limit=3' \
    'stages={knn: {k: 2}, id: {}, depth: {}, report: {}}'
varve run nets.yml -q output=o 'stages.depth={confidence: 1}'
expect_status 'certainty' 2
expect_part 'certainty' err 'stages.depth.confidence must be between 0.5 and 0.9999, not 1'
varve check bare.yml 'input={synthetic: {gather_depth: 0.5, gather_end: 0.4}}'
expect_status 'contraction that ends before it begins' 2
expect_part 'contraction' err 'input.synthetic.gather_end: is before gather_depth'
finish
