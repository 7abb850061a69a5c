#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The recorder of PyTorch models writes what varve reads: every number as run by hand, layers in the order of the model.
. "$(dirname "$0")/lib.sh"
"$PYTHON" -c 'import torch, h5py' 2>/dev/null || { echo 'skipped: needs PyTorch (Debian: python3-torch) and h5py'; exit 77; }
OMP_NUM_THREADS=1 "$PYTHON" "$repository/tests/cli/hook_layers.py" "$repository/jobs/python" 2>failure ||
    complain "$(tail -n 3 failure)"
cat >c.yml <<'YAML'
name: t
input:
  layers: {path: last.h5, dataset: "blocks/*"}
  labels: {kind: {path: last.h5, dataset: labels/kind}}
  duplicates: drop
stages: {knn: {k: 10}, id: {estimators: [twonn, gride]}, composition: {k: [5]}, report: {}}
YAML
varve_on 2 run c.yml -q output=o
expect_status 'the recorded layers' 0
[ "$(grep -v '^#' o/tables/layers.csv | tail -n +2 | cut -d, -f2 | tr '\n' ' ')" = "$(printf 'blocks/%s ' $(seq 0 10))" ] ||
    { complain 'not the layers in their order'; cut -d, -f2 o/tables/layers.csv; }
finish
