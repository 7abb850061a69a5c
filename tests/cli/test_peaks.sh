#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# density and peaks from the command line: what a user meets, what is reused, invariance, rows without a density.
. "$(dirname "$0")/lib.sh"
python=${PYTHON:-/usr/bin/python3}
"$python" -c 'import numpy, h5py' 2>/dev/null || { echo 'skipped: needs numpy and h5py'; exit 77; }
"$python" - <<'PY'
import numpy as np
rng = np.random.default_rng(4)
centers = rng.standard_normal((6, 5)) * 4
labels = np.arange(900) % 6
x = centers[labels] + rng.standard_normal((900, 5)) * (1 + labels[:, None] % 3)
rotation = np.linalg.qr(rng.standard_normal((5, 5)))[0]
np.save("a_0.npy", x)
np.save("a_1.npy", x @ rotation)              # rotated, rescaled, moved
np.save("a_2.npy", (x @ rotation) * 37.3 + 5)
np.save("a_3.npy", x * 2.0**-40)
x = rng.standard_normal((900, 5))             # one cluster, and a point that is there 60 times
x[:60] = 0.5
np.save("twins.npy", x)
open("labels.txt", "w").write("\n".join(map(str, labels)))
PY
cat >c.yml <<'YAML'
name: c
input:
  layers: {path: "a_{layer}.npy"}
  labels: {class: {path: labels.txt}}
stages: {knn: {k: 50}, id: {}, density: {}, peaks: {z: [0.5, 1.65]}, report: {}}
YAML

varve_on 2 run c.yml output=o
expect_status run 0
expect_part run out 'clusters'
expect_part run out 'ARI class'
"$python" - >checked 2>&1 <<'PY' || { complain 'invariance and shape:'; cat checked; }
import glob, h5py, numpy as np
report = h5py.File("o/report.h5")
files = sorted(glob.glob("o/artifacts/peaks/*.h5"))
assert len(files) == 4, files
peaks = [h5py.File(f) for f in files]
densities = [h5py.File(f.replace("peaks", "density")) for f in files]
for p, d, scale in zip(peaks, densities, (1, 1, 37.3, 2.0**-40)):
    assert np.array_equal(p["cluster"], peaks[0]["cluster"]), "labels depend on rotation or scale"
    assert np.array_equal(p["core"], peaks[0]["core"])
    shift = d["dimension"][()] * np.log(scale)
    assert np.allclose(d["log_density"][()] + shift, densities[0]["log_density"][()], rtol=0, atol=1e-6)
n = report["peaks/n_clusters"][()]
labels = np.loadtxt("labels.txt").astype(int)
for z, name in enumerate(("z_0.5", "z_1.65")):
    p, cluster = peaks[0][name], peaks[0]["cluster"][:, z]
    assert cluster.min() == 0 and cluster.max() + 1 == n[0, z] == len(p["peaks/sample"])
    assert np.array_equal(np.bincount(cluster), p["peaks/population"])
    assert np.array_equal(cluster[p["peaks/sample"][()]], np.arange(n[0, z])), "peaks lie in their clusters"
    table = np.zeros((n[0, z], 6), int)
    c = p["composition/class"]
    table[c["cluster"][()], c["class"][()]] = c["count"][()]
    witness = np.zeros_like(table)
    np.add.at(witness, (cluster, labels), 1)
    assert np.array_equal(table, witness)
    assert abs(report["peaks/purity/class"][0, z] - witness.max(1).sum() / 900) < 1e-15
    for linkage in ("single", "weighted"):
        text = p[linkage]["newick"][()].decode()
        assert text.count("c") == n[0, z] and text.endswith(";")
        merges = p[linkage]["merges"]
        assert len(merges["left"]) == n[0, z] - 1 and merges["population"][-1] == 900
        nodes = np.concatenate([merges["left"][()], merges["right"][()]])
        assert np.array_equal(np.sort(nodes), np.arange(2 * n[0, z] - 2)), "each node joins once"
assert n[0, 0] >= n[0, 1] >= 4, n
assert report["peaks/ari/class"][0, 1] > 0.6, report["peaks/ari/class"][0]
assert [c.decode() for c in peaks[0]["class_names/class"]] == list("012345")
for f in peaks + densities:
    f.visititems(lambda name, o: [o.attrs[a] for a in ("long_name", "units", "description")]
                 if isinstance(o, h5py.Dataset) else None)
PY

# What is reused: everything; densities where only Z changes; nothing after a file was damaged.
export VARVE_CACHE=kept
reused() { # reused WHAT STAGE=N ...
    local what=$1 pair n
    shift
    for pair; do
        n=$(grep -c "^varve: ${pair%=*} .* reused\$" err)
        [ "$n" = "${pair#*=}" ] || complain "$what: ${pair%=*} reused $n times, not ${pair#*=}"
    done
}
like() { # like WHAT ARGUMENTS: the run in o is as one without a cache
    local what=$1 file
    shift
    VARVE_CACHE=none "$program" run c.yml output=whole -q "$@" >/dev/null 2>&1 </dev/null
    same "$what"
    for file in whole/artifacts/density/*.h5 whole/artifacts/peaks/*.h5; do
        cmp "$file" "o/${file#whole/}" || complain "$what: another ${file#whole/}"
    done
}
varve run c.yml output=o
reused first density=0 peaks=0
varve_on 3 run c.yml output=o
reused again knn=4 id=4 density=4 peaks=4
like again
rm -rf o
varve run c.yml output=o
reused 'another folder' density=4 peaks=4
like 'another folder'
varve_on 2 run c.yml output=o stages.peaks.z=3
reused 'another Z' knn=4 density=4 peaks=0
like 'another Z' stages.peaks.z=3
varve run c.yml output=o stages.density.reported=kstar
reused 'another density' knn=4 density=0 peaks=0
like 'another density' stages.density.reported=kstar
sed -i s/5/0/ labels.txt
varve run c.yml output=o
reused 'other labels' density=4 peaks=0
like 'other labels'
for file in kept/density/*.h5; do
    cp "$file" saved && rm "$file" && mv saved "$file" # no longer the run's own file
    printf '\xa5' | dd of="$file" bs=1 seek=5000 conv=notrunc 2>/dev/null
done
varve run c.yml output=o stages.peaks.z=2
expect_part damage err "is damaged; it is computed again"
reused damage knn=4 density=0
like damage stages.peaks.z=2
export VARVE_CACHE=none

# Rows that coincide with all their neighbors have no density and no cluster, and the log says so.
varve_on 3 run c.yml output=o input.layers.path=twins.npy stages.knn.k=30 'input.duplicates=keep'
expect_status twins 0
expect_part twins err '60 of 900 rows coincide with all their neighbors and have no density'
"$python" -c '
import glob, h5py, numpy as np
cluster = h5py.File(glob.glob("o/artifacts/peaks/*.h5")[0])["cluster"][:, 1]
assert (cluster[:60] == -1).all() and (cluster[60:] >= 0).all()
report = h5py.File("o/report.h5")
assert report["density/n_undefined"][0] == report["peaks/n_undefined"][0] == 60' || complain 'twins'
varve run c.yml output=o input.layers.path=twins.npy stages.knn.k=30 input.duplicates=drop
grep -q 'have no density' err && complain 'twins dropped: still rows without a density'

# Settings that cannot work are told before anything runs.
varve check c.yml stages.peaks.z='[2, 1]'
expect_part order err 'values must ascend, but 1 comes after 2'
varve check c.yml stages.density.k=60
expect_part k err '60 is more than the 50 neighbors that stages.knn.k stores'
varve check c.yml stages.knn.k=3 stages.density.k=2
expect_part few err 'kstar and pak need 4 neighbors'
varve check c.yml stages.knn.metric=inner_product
expect_part products err 'stages.density: needs distances, which inner products are not'
cat >d.yml <<'YAML'
name: d
input: {layers: {path: "a_{layer}.npy"}}
stages: {knn: {k: 50}, density: {}, report: {}}
YAML
varve check d.yml
expect_part 'no dimension' err "give the intrinsic dimension, or add 'id: {}' under stages"
varve run d.yml output=o -q stages.density.dimension=200
expect_status 'dimension 200' 0
finish
