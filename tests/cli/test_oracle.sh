#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Neighbors, dimension, overlaps and imbalances against the stored results of the reference library.
. "$(dirname "$0")/lib.sh"
oracle=$shared/oracle/oracle_real_small.h5
python=${PYTHON:-/usr/bin/python3}
[ -n "$shared" ] && [ -r "$oracle" ] || { echo 'skipped: no reference results on this machine'; exit 77; }
"$python" -c 'import h5py' 2>/dev/null || { echo 'skipped: needs h5py'; exit 77; }

for set in fig1_5k fig1_5k_maxk10 gauss2d gauss2d_overlap gauss3d_smallz rossler6d; do
    k=$("$python" "$repository/tests/cli/oracle.py" write "$oracle" "$set") || { complain "$set"; continue; }
    sizes=1
    for size in 10 30; do [ "$size" -le "$k" ] && sizes="$sizes, $size"; done
    cat >c.yml <<YAML
name: oracle
input: {layers: {path: two.h5, dataset: '[ab]'}, labels: {l: {path: two.h5, dataset: labels}}}
stages:
  knn: {k: $k}
  id:
    estimators: [twonn, gride, decimation, blocks, twonn_bayes, mle, binomial, abide, pca]
    binomial: {k: [5, 10], ratio: 0.5}
  composition: {k: [$sizes]}
  imbalance: {}
  report: {}
YAML
    for ranks in 1 3; do
        rm -rf o
        varve_on $ranks run c.yml -q output=o
        expect_status "$set on $ranks ranks" 0
        "$python" "$repository/tests/cli/oracle.py" compare "$oracle" "$set" o >compared 2>&1 ||
            { complain "on $ranks ranks:"; cat compared; }
    done
done
finish
