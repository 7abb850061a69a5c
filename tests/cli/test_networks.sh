#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Imbalance and similarity of layers and of two networks on the same inputs: against numpy, on several ranks, with
# rows in files, from the cache, and mistakes.
. "$(dirname "$0")/lib.sh"
"$PYTHON" -c 'import numpy, h5py' 2>/dev/null || { echo 'needs numpy and h5py'; exit 77; }
networks=$repository/tests/cli/networks.py
cat >two.yml <<'YAML'
name: two
input:
  layers: {path: "main_{layer}.npy"}
  others: {second: {path: "other_{layer}.npy"}}
  duplicates: drop
stages:
  knn: {k: 20}
  imbalance: {k: [1, 5], networks: [second]}
  similarity: {k: [3, 20], networks: [second], batch: 32}
  report: {}
YAML
for metric in cosine euclidean; do
    "$PYTHON" "$networks" write $metric
    for ranks in 1 2 3 4 7; do
        rm -rf "o$ranks"
        varve_on "$ranks" run two.yml -q output="o$ranks" stages.knn.metric=$metric
        expect_status "$metric on $ranks" 0
        for group in imbalance similarity; do
            h5diff o1/report.h5 "o$ranks/report.h5" /$group >difference 2>&1 ||
                complain "$metric on $ranks ranks: /$group differs: $(head -n 3 difference)"
        done
    done
    "$PYTHON" "$networks" compare o1 $metric || complain "$metric: numpy finds something else"
done

# With a limit the other network's rows are chosen alike: the same as files of those rows only.
varve run two.yml -q output=limited input.samples.limit=90
expect_status 'limited' 0
"$PYTHON" - <<'PY'
import h5py, numpy as np
f = h5py.File("limited/report.h5")
assert (f["imbalance/n_rows_with/second"][:] <= 90).all()
kept = h5py.File("limited/artifacts/knn/a.h5")["sample"][:]
x, y = (np.load(name).astype(float)[kept] for name in ("main_a.npy", "other_u.npy"))
x, y = x - x.mean(0), y - y.mean(0)
norm = lambda p, q: ((p.T @ q) ** 2).sum()
cka = norm(x, y) / np.sqrt(norm(x, x) * norm(y, y))
assert np.isclose(f["similarity/linear_cka_with/second"][0, 0], cka, rtol=1e-10)
PY
[ $? = 0 ] || complain 'limited: other rows'

# Rows in files: the same numbers.
cat >large.yml <<'YAML'
name: large
input:
  synthetic: {n_samples: 9000, width: 300, depth: 2, dimension: 4}
stages: {knn: {k: 5}, imbalance: {part_rows: 2500}, similarity: {batch: 64}, report: {}}
YAML
varve run large.yml -q output=memory
expect_status 'rows in memory' 0
for ranks in 1 3; do
    rm -rf files
    varve_on "$ranks" run large.yml output=files resources.memory='39 MiB' resources.threads=2
    expect_status "rows in files on $ranks" 0
    [ "$ranks" = 3 ] || expect_part 'rows in files' err 'rows go to files in'
    for group in imbalance similarity; do
        h5diff memory/report.h5 files/report.h5 /$group >difference 2>&1 ||
            complain "rows in files on $ranks: /$group differs: $(head -n 3 difference)"
    done
done

# From the cache, until any layer of the other network changes, also one that corresponds to none.
export VARVE_CACHE=kept
varve run two.yml output=c
varve run two.yml output=c
expect_part 'from the cache' err 'varve: imbalance    all layers  reused'
expect_part 'from the cache' err 'varve: similarity   all layers  reused'
"$PYTHON" -c 'import numpy as np; np.save("other_w.npy", np.load("other_w.npy")[::-1].copy())'
rm -rf c
varve run two.yml output=c
grep -q 'imbalance    all layers  reused' err && complain 'another network, the old results'
VARVE_CACHE=none

# mistake WHAT STATUS TEXT ARGUMENTS
mistake() {
    varve run two.yml -q output=m "${@:4}"
    expect_status "$1" "$2"
    expect_part "$1" err "$3"
}
mistake 'no such network' 2 "stages.imbalance.networks: no 'third' in input.others" stages.imbalance.networks=third
mistake 'other rows' 2 "'second' has 100 rows, the layers have 157: they must be the same inputs in the same order" \
    'input.others={second: {path: short_a.npy}}'
mistake 'the same twice' 2 "stages.similarity.networks: 'second' is there twice" 'stages.similarity.networks=[second, second]'
mistake 'no pairs' 2 'stages.imbalance.pairs: give at least one, or networks' 'stages.imbalance={pairs: []}'
mistake 'nothing to measure' 2 'neighbor_overlap is measured with other networks' \
    'stages.similarity={measures: [neighbor_overlap]}'
mistake 'prepared' 2 'leave stages.prepare out' 'stages.prepare={center: true}'
mistake 'inner products' 2 'stages.imbalance: needs distances' stages.knn.metric=inner_product
mistake 'too many neighbors' 2 '30 is more than the 20 neighbors that stages.knn.k stores' stages.similarity.k=30
mistake 'order of sizes' 2 'sizes must ascend, but 1 comes after 5' 'stages.imbalance.k=[5, 1]'
mistake 'small parts' 2 '5 neighbors need more than 5 rows' stages.imbalance.part_rows=5

# Files and layers of the other network are named, whichever stage meets them first.
"$PYTHON" -c 'import numpy as np; x = np.load("other_u.npy"); x[11] = 0; np.save("zero_u.npy", x)'
for stage in imbalance similarity; do
    mistake "a zero row, $stage" 3 "'zero_u.npy', layer 'u': sample 11 is zero in all features" stages.knn.metric=cosine \
        'input.others={second: {path: "zero_{layer}.npy"}}' --until $stage
done

# Rows that do not belong together are suspected.
varve run two.yml output=m 'input.others={second: {path: unrelated.npy}}'
expect_status 'unrelated rows' 0
expect_part 'unrelated rows' err 'are its rows the same inputs in the same order?'
finish
