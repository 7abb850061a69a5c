#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The main job on real activations: a language model with 207 distinct rows in one layer, a vision
# transformer. Skips where the data are not there.
. "$(dirname "$0")/lib.sh"
[ -n "$shared" ] && [ -r "$shared/data/activations/lm_agnews.h5" ] ||
    { echo 'skipped: no real activations on this machine'; exit 77; }

# The committed configurations, with the data wherever they are.
for name in lm_agnews vit_mnist; do
    sed "s|\.\./\.\./shared|$shared|" "$repository/configs/$name.yml" >$name.yml
done
varve_on 2 run lm_agnews.yml output=lm
expect_status lm_agnews 0
expect_line lm_agnews err "varve: warning: layer 'last/layer_00': dropped 7393 of 7600 rows that repeat an earlier one; 207 distinct rows remain"
[ "$(grep -c warning err)" = 1 ] || complain "lm_agnews: more than one warning"
expect_part lm_agnews lm/tables/layers.csv 'last/layer_00,last/layer_00,64,float32,7600,207,7393,207,'
grep -v '^#' lm/tables/id_reported.csv | grep -q nan && complain 'lm_agnews: a layer without an ID'
expect_part lm_agnews out 'last: no suggestion: the ID has no pronounced peak after the input; it is lowest at'
varve_on 3 run lm_agnews.yml output=lm3 -q
for group in layers knn id composition nucleation depth; do
    h5diff lm/report.h5 lm3/report.h5 /$group >difference || complain "lm_agnews: /$group differs on 3 ranks"
done
(cd lm && find artifacts -name '*.h5') | while read -r file; do cmp "lm/$file" "lm3/$file"; done >difference ||
    { complain 'neighbor tables differ on 3 ranks:'; cat difference; }

varve_on 2 run vit_mnist.yml output=vit
expect_status vit_mnist 0
[ "$(grep -v '^#' vit/tables/layers.csv | tail -n +2 | cut -d, -f9 | sort -u)" = 10000 ] ||
    complain 'vit_mnist: not 10000 rows in each layer'
"${PYTHON:-/usr/bin/python3}" -c 'import h5py' 2>/dev/null || finish
for layer in last/layer_00 last/layer_05 mean/layer_03; do
    "${PYTHON:-/usr/bin/python3}" "$repository/tests/cli/real.py" "$shared/data/activations/lm_agnews.h5" $layer lm \
        >checked 2>&1 || { complain "lm_agnews, $layer:"; tail -n 1 checked; }
done
"${PYTHON:-/usr/bin/python3}" "$repository/tests/cli/real.py" "$shared/data/activations/vit_mnist.h5" mean/layer_04 vit \
    >checked 2>&1 || { complain 'vit_mnist, mean/layer_04:'; tail -n 1 checked; }

# The raw digits as IDX, gzipped, with their labels.
cat >digits.yml <<YAML
name: digits
input:
  layers: {path: $shared/data/raw/mnist-t10k-images-idx3-ubyte.gz}
  labels: {digit: {path: $shared/data/raw/mnist-t10k-labels-idx1-ubyte.gz}}
  samples: {limit: 3000}
stages: {knn: {k: 30}, id: {}, composition: {k: [30]}, report: {}}
YAML
varve_on 2 run digits.yml -q output=digits
expect_status digits 0
expect_part digits digits/tables/layers.csv ',784,uint8,3000,3000,0,3000,'
finish
