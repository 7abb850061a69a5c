#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The nucleation curve from the command line: its numbers against the neighbor tables and labels, hierarchies that are not
# nested, names that are none.
. "$(dirname "$0")/lib.sh"
python=${PYTHON:-/usr/bin/python3}
"$python" -c 'import h5py' 2>/dev/null || { echo 'skipped: needs h5py'; exit 77; }

# Two series; twelve classes in three groups; noise falls with depth. One labelling crosses the groups.
"$python" -c '
import h5py
import numpy as np
rng = np.random.default_rng(5)
n = 360
fine = rng.integers(0, 12, n)
centers = rng.normal(size=(12, 6)) + 4 * rng.normal(size=(3, 6))[np.arange(12) % 3]
noise = rng.normal(size=(n, 6))
with h5py.File("layers.h5", "w") as f:
    for name in "ab":
        for i, s in enumerate((9.0, 8.0, 0.6, 0.5, 0.4)):
            f[f"{name}/layer_{i}"] = centers[fine] + s * noise + (name == "b") * rng.normal(size=(n, 6))
    f["fine"], f["coarse"], f["crossed"] = fine, fine % 3, np.where(np.arange(n) < 30, 0, fine // 3)
'
cat >n.yml <<'YAML'
name: n
input:
  layers: {path: layers.h5, dataset: '?/layer_*'}
  labels:
    coarse: {path: layers.h5, dataset: coarse}
    fine: {path: layers.h5, dataset: fine}
    crossed: {path: layers.h5, dataset: crossed}
stages: {knn: {k: 20}, composition: {k: [5, 20]}, nucleation: {hierarchy: [fine, coarse]}, report: {}}
YAML
varve run n.yml -q output=one
expect_status nested 0
grep -q 'not nested' err && complain 'nested label sets are called otherwise'
for n in 2 3 4 7; do
    varve_on $n run n.yml -q output=many
    expect_status "on $n ranks" 0
    h5diff one/report.h5 many/report.h5 /nucleation >difference || complain "on $n ranks: $(head -n 3 difference)"
    cmp one/summary.txt many/summary.txt || complain "on $n ranks: another summary"
done
"$python" - one >checked 2>&1 <<'PYTHON' || { complain 'the curves:'; cat checked; }
import sys
import h5py
import numpy as np
f = h5py.File("layers.h5")
report = h5py.File(sys.argv[1] + "/report.h5")
r = report["nucleation"]
names = [x.decode() for x in report["layers/name"][()]]
neighbors = [h5py.File(f"{sys.argv[1]}/artifacts/knn/{x}.h5")["index"][()] for x in names]
assert [x.decode() for x in r["curve_name"][()]] == ["output", "fine", "coarse"]
assert list(r["nested"][()][1:2]) == [1.0] and np.isnan(r["nested"][()][[0, 2]]).all()
n = len(neighbors[0])
for i, k in enumerate(r["k"][()]):
    curves = np.empty((3, len(names)))
    for l in range(len(names)):
        last = neighbors[4 if l < 5 else 9]
        shared = [len(set(a[:k]) & set(b[:k])) / k for a, b in zip(neighbors[l], last)]
        curves[0, l] = np.mean(shared)
        for c, name in enumerate(("fine", "coarse")):
            labels = f[name][()]
            curves[1 + c, l] = (labels[neighbors[l][:, :k]] == labels[:, None]).mean()
    assert np.allclose(r["value"][:, i], curves, rtol=1e-12), curves - r["value"][:, i]
    share = [np.mean([(labels == x).sum() - 1 for x in labels]) / (n - 1) for labels in (f["fine"][()], f["coarse"][()])]
    chance = np.vstack([np.full(10, k / (n - 1))] + [np.full(10, x) for x in share])
    chance[0, [4, 9]] = 1
    assert np.allclose(r["chance"][:, i], chance, rtol=1e-12)
    inside = np.ones((3, 10), bool)
    inside[0, [4, 9]] = False
    assert np.allclose(r["above_chance"][:, i][inside], ((curves - chance)[inside] / (1 - chance)[inside]), atol=1e-12)
    for s in range(2):
        for c in range(3):
            end = 4 if c == 0 else 5
            change = np.diff(curves[c, 5 * s : 5 * s + end])
            assert np.allclose(r["change"][c, i, 5 * s + 1 : 5 * s + end], change, atol=1e-12)
            assert np.isnan(r["change"][c, i, 5 * s]) and (c > 0 or np.isnan(r["change"][c, i, 5 * s + 4]))
            fastest = 5 * s + 1 + np.argmax(np.abs(change))
            assert r["fastest_layer"][c, i, s] == fastest
            assert r["fastest_tied"][c, i, fastest] == 1
            assert np.isclose(r["fastest_change"][c, i, s], change[fastest - 5 * s - 1], atol=1e-12)
assert (r["fastest_layer"][1:] % 5 == 2).all() # where the noise falls from 8 to 0.6
PYTHON

varve run n.yml -q output=crossed 'stages.nucleation.hierarchy=[crossed, fine]' stages.nucleation.weighted=true
expect_status crossed 0
expect_part crossed err "label set 'fine' is not nested in 'crossed': "
"$python" -c '
import h5py
r = h5py.File("crossed/report.h5")
assert (r["nucleation/value"][1] == r["composition/label_overlap/crossed_weighted"][()]).all()
assert (r["nucleation/std_error"][2] == r["composition/label_overlap/fine_weighted_std_error"][()]).all()
f = h5py.File("layers.h5")
fine, crossed = f["fine"][()], f["crossed"][()]
outside = sum((fine == x).sum() - max(((fine == x) & (crossed == y)).sum() for y in range(4)) for x in range(12))
assert abs(r["nucleation/nested"][1] - (1 - outside / 360)) < 1e-14
' >checked 2>&1 || { complain 'crossed:'; cat checked; }

varve run n.yml -q output=all 'stages.nucleation.hierarchy=[]'
expect_part 'all label sets' all/summary.txt "'fine' at"
"$python" -c '
import h5py
r = h5py.File("all/report.h5")["nucleation"]
assert [x.decode() for x in r["curve_name"][()]] == ["output", "fine", "crossed", "coarse"], r["curve_name"][()]
' >checked 2>&1 || { complain 'all label sets:'; cat checked; }

varve check n.yml 'stages.nucleation.hierarchy=[fine, corase, fine]'
expect_status 'a name that is none' 2
expect_part 'a name that is none' err "no label set is called 'corase'; did you mean 'coarse'?"
expect_part 'a name twice' err "'fine' is there twice"
varve plan n.yml
expect_status plan 0
expect_part plan out nucleation
finish
