#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Planted truth: synthetic networks in which the class is read best at layer 5 of 9 and the ID is least at layer 7, and
# networks of noise in which there is nothing to find, over VV_DEPTH_SEEDS seeds (make check-long: 100).
. "$(dirname "$0")/lib.sh"
"$PYTHON" -c 'import h5py' 2>/dev/null || { echo 'skipped: needs h5py'; exit 77; }
seeds=${VV_DEPTH_SEEDS:-3}
export OMP_NUM_THREADS=1
cat >planted.yml <<'YAML'
name: planted
input:
  synthetic: {n_samples: 1200, width: 24, dimension: 6, depth: 9, n_classes: 6, n_superclasses: 3, separation: 1.2,
              noise_peak: 0.6, noise_end: 0.6, gather: 0.6, gather_depth: 0.2, gather_end: 0.5555555555555556}
stages:
  knn: {k: 40}
  id: {estimators: [gride]}
  composition: {k: 20}
  probe: {labels: [class], sizes: [], regularization: [0.1], alpha: [], k: [], tolerance: 0.001, permuted: false,
          bootstrap: {replicates: 0}}
  depth: {resamples: 0}
  report: {csv: false}
YAML
for ((seed = 1; seed <= seeds; seed++)); do
    varve run planted.yml -q output=planted$seed seed=$seed input.synthetic.seed=$seed
    expect_status "planted, seed $seed" 0
    varve run planted.yml -q output=flat$seed seed=$seed input.synthetic.seed=$seed input.synthetic.noise=1000
    expect_status "flat, seed $seed" 0
done
"$PYTHON" "$repository/tests/cli/depth_power.py" 5 7 planted[0-9]* flat[0-9]* >counted 2>&1 ||
    complain 'power or errors:'
cat counted
finish
