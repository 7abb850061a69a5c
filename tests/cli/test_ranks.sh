#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The same bits on any number of ranks: report.h5 outside /provenance, every neighbor table, the
# CSV tables and the summary; also with more ranks than rows, float64, duplicates, ties.
. "$(dirname "$0")/lib.sh"

compare() { # compare WHAT CONFIG RANKS...
    local what=$1 config=$2 n file
    shift 2
    varve run "$config" -q output=one
    expect_status "$what on 1 rank" 0
    for n in "$@"; do
        rm -rf many
        varve_on "$n" run "$config" -q output=many
        expect_status "$what on $n ranks" 0
        for group in layers prepare knn id density peaks composition nucleation imbalance similarity depth; do
            h5ls one/report.h5/$group >/dev/null 2>&1 || continue
            h5diff one/report.h5 many/report.h5 /$group >difference 2>&1 ||
                complain "$what on $n ranks: /$group differs: $(head -n 3 difference)"
        done
        (cd one && find artifacts tables summary.txt -type f) >files
        grep -q '^artifacts/knn/' files || complain "$what: no neighbor tables"
        while read -r file; do
            cmp "one/$file" "many/$file" || complain "$what on $n ranks: $file differs"
        done <files
    done
    rm -rf one many
}

cat >mixture.yml <<'YAML'
name: mixture
input: {synthetic: {n_samples: 500, width: 20, depth: 4, gain: 1.5}}
stages:
  knn: {k: 40}
  id:
    estimators: [twonn, gride, decimation, blocks, twonn_bayes, mle, binomial, abide, pca]
    reported: {estimator: abide}
  density: {}
  peaks: {z: [0, 1.65, 4]}
  composition: {k: [5, 40]}
  nucleation: {}
  imbalance: {k: [1, 7], part_rows: 120}
  similarity: {batch: 64}
  depth: {}
  report: {}
YAML
compare mixture mixture.yml 2 3 4 7

cat >prepared.yml <<'YAML'
name: prepared
input:
  synthetic: {manifold: sphere, dimension: 3, n_samples: 231, width: 9, depth: 1}
  samples: {limit: 150, seed: 9}
stages:
  prepare: {standardize: true, unit_norm: true}
  knn: {k: 20, metric: cosine}
  id: {decimation: {halvings: 3}, estimators: [decimation, blocks, mle, abide, pca]}
  density: {reported: kstar, kstar: {correction: both}}
  peaks: {survivor: density}
  composition: {k: [1, 10]}
  report: {}
YAML
compare prepared prepared.yml 2 3 4 7

cat >few.yml <<'YAML'
name: few
input: {synthetic: {n_samples: 5, width: 6, dimension: 2, depth: 3, n_classes: 2, n_superclasses: 1}}
stages:
  knn: {k: 4}
  id: {estimators: [twonn, mle, blocks, binomial, pca]}
  density: {reported: knn, k: 2}
  peaks: {}
  composition: {k: [1, 4]}
  nucleation: {}
  imbalance: {}
  similarity: {}
  depth: {}
  report: {}
YAML
compare 'more ranks than rows' few.yml 2 4 7

if "${PYTHON:-/usr/bin/python3}" -c '
import numpy as np
rng = np.random.default_rng(3)
for i in range(3): # integers: many ties; a quarter of the rows repeat, different ones in each layer
    x = rng.integers(0, 4, (203, 5)).astype(float) + 1e7
    x[rng.choice(203, 50)] = x[rng.choice(203, 50)]
    np.save(f"tied.{i}.npy", x)
np.save("labels.npy", rng.integers(0, 3, 203))' 2>/dev/null; then
    for way in 'drop euclidean' 'keep euclidean' 'drop cosine'; do
        read -r policy metric <<<"$way"
        cat >tied.yml <<YAML
name: tied
input:
  layers: {path: "tied.{layer}.npy"}
  labels: {some: {path: labels.npy, missing: 2}}
  duplicates: $policy
stages:
  knn: {k: 30, metric: $metric}
  id: {estimators: [twonn, gride, decimation, blocks, twonn_bayes, mle, binomial, abide, pca]}
  density: {}
  peaks: {z: 1}
  composition: {k: [3, 30]}
  nucleation: {}
  imbalance: {k: [1, 5]}
  similarity: {}
  depth: {}
  report: {}
YAML
        compare "ties and duplicates, $way" tied.yml 2 3 4 7
    done
fi
finish
