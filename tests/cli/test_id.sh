#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The dimension from the command line: a value that the reference library's own tests publish, what is in the report and
# what is not, mistakes in the configuration.
. "$(dirname "$0")/lib.sh"
python=${PYTHON:-/usr/bin/python3}

cat >c.yml <<'YAML'
name: c
input: {synthetic: {n_samples: 300, width: 12, depth: 1}}
stages: {knn: {k: 30}, id: {}, report: {}}
YAML
varve run c.yml -q output=standard
expect_status standard 0
[ "$(h5ls standard/report.h5/id | cut -d' ' -f1 | paste -sd' ')" = 'decimation gride reported twonn twonn_ml' ] ||
    complain "by default: $(h5ls standard/report.h5/id)"
all='[twonn, gride, decimation, blocks, twonn_bayes, mle, binomial, abide, pca]'
varve_on 2 run c.yml -q output=all "stages.id.estimators=$all"
expect_status 'all estimators' 0
for group in decimation gride reported twonn twonn_ml; do
    h5diff standard/report.h5 all/report.h5 "/id/$group" || complain "other estimators change /id/$group"
done
varve run c.yml -q output=reported 'stages.id.reported.estimator=abide'
expect_status 'ABIDE reported' 0
[ "$(grep '^[0-9]' reported/tables/id_reported.csv | cut -d, -f3-6)" = \
  "$(grep '^[0-9]' reported/tables/id_abide.csv | cut -d, -f3,4 | sed 's/^/abide,0,/')" ] ||
    { complain 'reported is not ABIDE:'; tail -n 3 reported/tables/id_reported.csv reported/tables/id_abide.csv; }

varve check c.yml 'stages.id.blocks.counts=[4, 2]' 'stages.id.mle.k=[]' 'stages.id.estimators=[abide]' stages.knn.k=4
expect_status 'wrong lists' 2
expect_part 'blocks that descend' err 'stages.id.blocks.counts: must ascend, but 2 comes after 4'
expect_part 'no k' err 'stages.id.mle.k: give at least one'
expect_part 'few neighbors' err 'abide needs 5 neighbors'
varve plan c.yml "stages.id.estimators=$all"
expect_status plan 0

# Too large for eigenvalues: a note, and the participation ratio all the same.
varve run c.yml -q output=limited 'stages.id.estimators=[pca]' stages.id.pca.limit=11
expect_status limited 0
expect_part limited limited/tables/id_pca.csv ',nan,0.9,both samples and features exceed stages.id.pca.limit'
h5diff limited/report.h5 all/report.h5 /id/pca/participation_ratio || complain 'limited: another participation ratio'

"$python" -c '
import numpy as np
np.random.seed(0)
np.save("normal.npy", np.random.normal(0, 1, size=(1000, 2)))' 2>/dev/null ||
    { [ "$failures" = 0 ] || finish; echo 'skipped in part: needs numpy'; exit 77; }
# DADApy, tests/test_id_estimation/test_kstar_gride_and_binom.py: 1.98 +- 0.01 from this start with this ratio (its
# iterations 2 and 3 repeat the first: that release did not take the new dimension over).
cat >normal.yml <<'YAML'
name: normal
input: {layers: {path: normal.npy}}
stages:
  knn: {k: 999}
  id: {estimators: [abide], abide: {start: 5, ratio: 0.5, iterations: 1}}
  report: {}
YAML
varve_on 2 run normal.yml -q output=normal
expect_status normal 0
grep -q '^0,normal,1.98[0-9]*,' normal/tables/id_abide.csv || complain "normal: $(tail -n 1 normal/tables/id_abide.csv)"
finish
