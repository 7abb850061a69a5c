#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Neighbors among the rows of another input: against brute force by numpy, on several ranks, and mistakes.
. "$(dirname "$0")/lib.sh"
"$PYTHON" -c 'import numpy, h5py' 2>/dev/null || { echo 'needs numpy and h5py'; exit 77; }

"$PYTHON" - <<'PY'
import numpy as np
rng = np.random.default_rng(3)
train = rng.integers(-3, 4, (211, 5)).astype(np.float32)  # ties and duplicates
test = rng.integers(-3, 4, (97, 5)).astype(np.float32) + np.float32(1e6)
train[:, 0] += np.float32(1e6)
test[:, 1:] -= np.float32(1e6)
for name, rows in ("train", train), ("test", np.unique(test, axis=0)):
    np.save(f"{name}_a.npy", rows)
    np.save(f"{name}_b.npy", rows[:, :4] @ np.float32([[1, 0, 0], [0, 1, 0], [0, 0, 2], [1, 1, 0]]))
np.save("train_c.npy", train)
np.save("narrow_a.npy", train[:, :2])
np.save("double.npy", train.astype(np.float64))
bad = train.copy()
bad[7, 2] = np.nan
np.save("bad.npy", bad)
PY
cat >cross.yml <<'YAML'
name: cross
input:
  layers: {path: "test_{layer}.npy"}
  others: {train: {path: "train_{layer}.npy"}}
  duplicates: keep
stages: {cross_knn: {k: 6}, report: {}}
YAML
cat >compare.py <<'PY'
import sys
import h5py, numpy as np
run, metric = sys.argv[1:]
for layer in "ab":
    q, x = (np.load(f"{name}_{layer}.npy").astype(np.float64) for name in ("test", "train"))
    if metric == "euclidean":
        d = np.sqrt(((q[:, None] - x[None]) ** 2).sum(-1))
    else:
        d = -(q @ x.T)
    order = np.lexsort((np.broadcast_to(np.arange(len(x)), d.shape), d), axis=1)[:, :6]
    f = h5py.File(f"{run}/artifacts/cross_knn/{layer}.h5")
    assert (f["index"][:] == order).all(), layer
    assert np.allclose(f["distance"][:], np.take_along_axis(d, order, 1), rtol=1e-12, atol=0), layer
    assert f.attrs["among"] == f"train: {layer}"
    r = h5py.File(f"{run}/report.h5")["cross_knn"]
    at = "ab".index(layer)
    assert r["n_zero_distances"][at] == (metric == "euclidean") * (np.take_along_axis(d, order, 1) == 0).sum(), layer
    assert r["n_references"][at] == len(x)
PY
for ranks in 1 2 3 4 7; do
    for metric in euclidean inner_product; do
        varve_on "$ranks" run cross.yml -q output=o stages.cross_knn.metric="$metric"
        expect_status "$metric on $ranks" 0
        "$PYTHON" compare.py o "$metric" || complain "$metric on $ranks differs from brute force"
    done
    cp o/artifacts/cross_knn/a.h5 "a_$ranks.h5"
    cmp a_1.h5 "a_$ranks.h5" || complain "other bytes on $ranks ranks"
done

# Rows in files: the same bytes, with far more rows on one side than on the other.
cat >large.yml <<'YAML'
name: large
input: {layers: {path: many.npy}, others: {few: {path: few.npy}}}
stages: {cross_knn: {k: 5}, report: {}}
YAML
"$PYTHON" - <<'PY'
import numpy as np
rng = np.random.default_rng(5)
np.save("many.npy", rng.standard_normal((11000, 300)).astype(np.float32))
np.save("few.npy", rng.standard_normal((3000, 300)).astype(np.float32))
PY
for way in '' 'input.layers.path=few.npy input.others.few.path=many.npy'; do
    rm -rf memory
    # shellcheck disable=SC2086
    varve run large.yml -q output=memory $way
    expect_status 'rows in memory' 0
    for ranks in 1 3; do
        rm -rf files
        # shellcheck disable=SC2086
        varve_on "$ranks" run large.yml output=files resources.memory='36 MiB' resources.threads=1 $way
        expect_status "rows in files on $ranks" 0
        [ "$ranks" = 3 ] || expect_part 'rows in files' err 'rows go to files in'
        for file in memory/artifacts/cross_knn/*.h5; do
            cmp "$file" "files${file#memory}" || complain "other bytes with rows in files on $ranks"
        done
    done
done

# From the cache: a table of all other rows but one does not serve for all of them (in knn it would).
export VARVE_CACHE=kept
for k in 210 211 200; do
    varve run cross.yml output=o stages.cross_knn.k="$k"
    expect_status "$k of 211" 0
    VARVE_CACHE=none "$program" run cross.yml -q output=whole stages.cross_knn.k="$k" >/dev/null 2>&1
    varve run cross.yml output=o stages.cross_knn.k="$k"
    expect_part "$k of 211" err 'varve: cross_knn    1/2 a  reused'
    cmp {whole,o}/artifacts/cross_knn/a.h5 || complain "$k of 211, from the cache: other bytes"
done
VARVE_CACHE=none

# One file for all layers; a single other needs no name, several do.
varve run cross.yml -q output=o 'input.layers.select=[a]' 'input.others={one: {path: train_a.npy}}'
expect_status 'one layer for all' 0
two='input.others={one: {path: train_a.npy}, two: {path: train_b.npy}}'
varve run cross.yml -q output=o 'input.layers.select=[b]' "$two" stages.cross_knn.among=two
expect_status 'the one named' 0

# mistake WHAT STATUS TEXT ARGUMENTS
mistake() {
    varve run cross.yml -q output=o "${@:4}"
    expect_status "$1" "$2"
    expect_part "$1" err "$3"
}
mistake 'several, none named' 2 'say which of the 2 in input.others' 'input.layers.select=[a]' "$two"
mistake 'unknown name' 2 "no 'tran' in input.others" stages.cross_knn.among=tran
mistake 'too many neighbors' 2 "300 neighbors, but 'train' has 211 rows" stages.cross_knn.k=300
mistake 'prepared' 2 'leave stages.prepare out' 'stages.prepare={center: true}'
mistake 'other width' 2 "its layer 'a' has 2 features, layer 'a' has 5" 'input.others={train: {path: "narrow_{layer}.npy"}}' \
    'input.layers.select=[a]'
mistake 'other type' 2 "its layer 'double' is float64, layer 'a' is float32" 'input.others={train: {path: double.npy}}' \
    'input.layers.select=[a]'
mistake 'no such layer' 2 "it has no layer 'b'" 'input.others={train: {path: "train_{layer}.npy", select: [a, c]}}'
mistake 'not a number' 3 "'bad.npy': 1 of 1055 values are not finite, the first is NaN in row 7, feature 2" \
    'input.others={bad: {path: bad.npy}}' 'input.layers.select=[a]'
mistake 'no file' 3 'input.others.gone' 'input.others={gone: {path: gone.npy}}'
sed -i '/others:/d' cross.yml
mistake 'no other input' 2 'needs rows to search among: add input.others'
finish
