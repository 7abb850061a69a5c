#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Stored neighbor tables in place of layers give the numbers of the layers; export gives them back; what cannot be is
# refused with its place.
. "$(dirname "$0")/lib.sh"
oracle=$shared/oracle/oracle_real_small.h5
sets=(fig1_5k fig1_5k_maxk10 gauss2d gauss2d_overlap gauss3d_smallz rossler6d)
[ -n "$shared" ] && [ -r "$oracle" ] || { oracle=; sets=(); }
"$PYTHON" "$repository/tests/fixtures/make_tables.py" $oracle "${sets[@]}" >whole_sets 2>reason ||
    { echo "skipped: the inputs are made with numpy and h5py: $(tail -n 1 reason)"; exit 77; }

stages='id: {estimators: [twonn, gride, mle, abide]}, density: {}, peaks: {}, composition: {k: [3, 8]}, nucleation: {}, depth: {}, report: {}'
# config INPUT [KNN]: c.yml
config() {
    cat >c.yml <<YAML
name: t
input: {$1, labels: {kind: {path: labels.npy}}}
stages: {${2:-}$stages}
YAML
}
# same WHAT RANKS: the run in o is that in whole, but for what only layers can tell
same() {
    "$PYTHON" "$repository/tests/cli/same_report.py" whole/report.h5 o/report.h5 layers >difference 2>&1 ||
        { complain "$1: another report"; head -n 5 difference err; }
    local stage
    for stage in density peaks; do
        diff -r whole/artifacts/$stage o/artifacts/$stage >difference || complain "$1: $(cat difference)"
    done
}
tables() { echo "neighbors: {distances: \"$1\", indices: \"$2\"${3:-}}, duplicates: keep"; }

# --- the same as from the layers, ties and duplicates included
config 'layers: {path: layers.npz}, duplicates: keep' 'knn: {k: 12}, '
varve run c.yml -q output=whole
expect_status 'layers' 0
for ranks in 1 2 3 4 7; do
    rm -rf o
    config "$(tables 'd/{layer}.npy' 'i/{layer}.npy')"
    varve_on $ranks run c.yml -q output=o input.neighbors.distances='tables.h5' input.neighbors.indices='tables.h5' \
        'input.neighbors.distances_dataset="{layer}/knn/distances"' \
        'input.neighbors.indices_dataset="{layer}/knn/dist_indices"'
    expect_status "tables in HDF5 on $ranks ranks" 0
    same "tables in HDF5 on $ranks ranks"
done
expect_part 'duplicates' err "layer 'in': 6 stored neighbors are at distance 0"
expect_part 'the sample behind its twins' err "layer 'in': 2 rows hold their sample behind others; it is taken out there"
rm -rf o
config "neighbors: {distances: \"d/{layer}.npy\", indices: \"i/{layer}.npy\"}, duplicates: keep"
rm -rf d/deep i/deep
varve run c.yml -q output=o
same 'tables in npy'
config "neighbors: {distances: distances.single.npy, indices: indices.single.npy}"
varve_on 2 run c.yml -q output=o
expect_status 'single precision' 0
expect_part 'single precision' o/tables/layers.csv 'float32'

# --- there and back
config 'layers: {path: layers.npz}, duplicates: drop' 'knn: {k: 12}, '
rm -rf whole
varve run c.yml -q output=whole
expect_status 'layers without duplicates' 0
varve export whole --npy --self --to back
expect_status 'export' 0
expect_line 'export' out '    distances: "back/knn/distances/{layer}.npy"'
expect_line 'export' out '    self: first'
varve export whole --npy
expect_line 'export' out '    samples: "whole/npy/knn/samples/{layer}.npy"'
expect_line 'export' out '    self: none'
varve inspect back/knn/indices/in.npy
expect_line 'export' out '  in  int64    (88, 13)'
varve inspect whole/npy/knn/distances/in.npy
expect_line 'export' out '  in  float64  (88, 12)'
[ -e back/knn/samples/out.npy ] || complain 'no sample numbers'
for way in back:first whole/npy:none; do
    for ranks in 1 3; do
        rm -rf o
        config "$(tables "${way%:*}/knn/distances/{layer}.npy" "${way%:*}/knn/indices/{layer}.npy" \
            ", samples: \"${way%:*}/knn/samples/{layer}.npy\", n_samples: 90, self: ${way#*:}")"
        varve_on $ranks run c.yml -q output=o
        expect_status "import of ${way%:*}" 0
        same "import of ${way%:*} on $ranks ranks"
    done
done
"$PYTHON" - <<'PY' || complain 'arrays of the report differ'
import h5py, numpy as np
with h5py.File("whole/report.h5") as f:
    def check(name, item):
        if isinstance(item, h5py.Dataset):
            a, b = np.load(f"back/report/{name}.npy"), item[()]
            if h5py.check_string_dtype(item.dtype):
                b = np.array(item.asstr()[()], dtype=str)
            assert np.array_equal(a, b, equal_nan=a.dtype.kind == "f"), name
    f.visititems(check)
density = np.load("back/density/log_density/in.npy")
with h5py.File("whole/artifacts/density/in.h5") as f:
    assert np.array_equal(density, f["log_density"][()])
PY
# Distances that another program made float32; names that lead out of the folder.
cp -r whole single && cp -r whole leading && rm -r single/npy leading/npy
"$PYTHON" - <<'PY'
import h5py
with h5py.File("single/artifacts/knn/in.h5", "r+") as f:
    distance = f["distance"][()].astype("f4")
    del f["distance"]
    f["distance"] = distance
h5py.File("leading/report.h5", "r+")["../../../outside"] = 1.0
PY
varve export single --npy --self --to single_self
expect_status 'float32 with the samples themselves' 0
varve export single --npy --to single_plain
expect_status 'float32' 0
"$PYTHON" - <<'PY' || complain 'distances in float32 are exported as others'
import h5py, numpy as np
distance = h5py.File("single/artifacts/knn/in.h5")["distance"][()]
plain, own = (np.load(f"single_{way}/knn/distances/in.npy") for way in ("plain", "self"))
assert plain.dtype == np.float32 and np.array_equal(plain, distance)
assert own.dtype == np.float64 and np.array_equal(own[:, 1:], distance) and not own[:, 0].any()
PY
varve export leading --npy --to deep/in/here
expect_status 'a name that leads out' 3
expect_text 'a name that leads out' err \
    "varve: error: 'leading/report.h5' calls an array '../../../outside', which cannot name a layer or a file"
rm leading/report.h5
"$PYTHON" -c 'import h5py; h5py.File("leading/artifacts/knn/in.h5", "r+")["../../../outside"] = 1.0'
varve export leading --npy --to deep/in/here
expect_status 'a name in an artifact that leads out' 3
find . -name 'outside*' | grep . && complain 'export writes outside its folder'
varve export .
expect_status 'export as what' 2
varve export d --npy
expect_status 'export of another folder' 3
expect_text 'export of another folder' err "varve: error: 'd' is no run directory: it has neither report.h5 nor artifacts
hint: name the folder that 'varve run' wrote, such as results/NAME"
: >file
varve export whole --npy --to file
expect_status 'export into a file' 4

# --- a second run reuses what depends on the tables only while they are the same
export VARVE_CACHE=$PWD/cache
config "$(tables distances.good.npy indices.good.npy)"
varve run c.yml output=o
varve run c.yml output=o
grep -q 'id *1/1 .*reused' err || complain 'id is not reused'
varve run c.yml output=o input.neighbors.distances=distances.bare.npy input.neighbors.indices=indices.bare.npy \
    input.neighbors.self=none
grep -q 'id *1/1 .*reused' err || complain 'the same lists, stored otherwise, are other lists'
varve run c.yml output=o input.neighbors.metric=cosine
grep -q 'id *1/1 .*reused' err && complain 'another metric, the same dimension'
export VARVE_CACHE=none

# --- what is refused
refused() { # STEM TEXT [MORE]
    config "neighbors: {distances: distances.$1.npy, indices: indices.$1.npy${3:-}}"
    varve_on 2 run c.yml -q output=o
    expect_status "$1" 3
    expect_text "$1" err "varve: error: $2"
}
layer() { refused "$1" "stored_knn layer 'distances': 'distances.$1.npy', $2 (rank 1)" "${@:3}"; }
layer nan 'row 70, column 4: the distance is not finite'
refused negative "stored_knn layer 'distances': 'distances.negative.npy', row 70, column 1: the distance is negative (rank 1)
hint: minus inner products have input.neighbors.metric: inner_product"
refused descends "stored_knn layer 'distances': 'distances.descends.npy', row 71, column 5: the distance is smaller than the one before (rank 1)
hint: sort each row by distance, and its indices with it"
refused range "stored_knn layer 'distances': 'indices.range.npy', row 72, column 3: the index is no row of the table (rank 1)
hint: rows count from 0, and the table has 90"
refused twice "stored_knn layer 'distances': 'indices.twice.npy', row 73, column 6: the index occurs twice in the row (rank 1)"
refused zero "stored_knn layer 'distances': 'distances.zero.npy': 1 stored neighbors are at distance 0
hint: duplicates have no intrinsic dimension; set input.duplicates to keep, or compute the tables without them"
refused bare "stored_knn layer 'distances': 'indices.bare.npy', row 0, column 0: the row does not hold itself, though not all of its distances are 0
hint: if the tables leave it out: input.neighbors.self: none"
refused good "stored_knn layer 'distances': 'indices.good.npy', row 0, column 0: the index is that of the row itself
hint: if the tables hold each sample itself: input.neighbors.self: first" ', self: none'
refused floats "'indices.floats.npy': the indices are float64, not integers
hint: are distances and indices interchanged?"
refused columns "input.neighbors: layer 'distances' has 90 x 13 distances in 'distances.columns.npy', but 90 x 12 indices in 'indices.columns.npy'"
refused rows "input.neighbors: layer 'distances' has 90 x 13 distances in 'distances.rows.npy', but 89 x 13 indices in 'indices.rows.npy'"
refused good "stored_knn layer 'distances': 'samples.bad.npy': the sample of row 1, 88, is not one of 90, ascending" \
    ', samples: samples.bad.npy, n_samples: 90'
refused good "'distances.good.npy' has 90 rows, but input.neighbors.n_samples is 80" \
    ', samples: samples.good.npy, n_samples: 80'
config 'neighbors: {distances: "d/{layer}.npy", indices: indices.good.npy}'
varve run c.yml -q output=o
expect_text 'layers' err "varve: error: input.neighbors: distances of 2 layers, but indices of 1"

config "neighbors: {distances: distances.good.npy, indices: indices.good.npy}"
varve check c.yml
expect_text 'check' out 'c.yml: ok: 1 layers, 90 samples, up to 12 stored neighbors, 1 label set, 8 stages'
varve plan c.yml
expect_part 'plan' out 't: 1 layers, 90 samples, up to 12 stored neighbors, on 1 rank of'
expect_part 'plan' out 'stored_tables'

wrong() { # TEXT ARGUMENTS: a mistake in the configuration
    config "neighbors: {distances: distances.good.npy, indices: indices.good.npy}"
    varve check c.yml "${@:2}"
    expect_status "${*:2}" 2
    expect_part "${*:2}" err "$1"
}
rows='needs the rows of the layers, but input.neighbors gives neighbor tables only; leave it out, or give input.layers'
for stage in knn imbalance similarity probe; do wrong "stages.$stage: $rows" "stages.$stage={}"; done
wrong "stages.prepare: $rows" 'stages.prepare={center: true}'
wrong 'stages.id.estimators: decimation, blocks and pca need the rows of the layers' 'stages.id={}'
wrong 'input: give either layers or neighbors, not both' input.layers.path=in.npy
wrong 'input.samples.limit: neighbors among a part of the samples cannot be told' input.samples.limit=5
wrong 'input.duplicates: duplicates cannot be dropped from neighbor tables' input.duplicates=drop
wrong 'input.others: further inputs cannot be compared with neighbor tables' 'input.others={x: {path: in.npy}}'
wrong 'input.neighbors: samples and n_samples belong together' input.neighbors.n_samples=90
wrong 'input.neighbors.self: the tables have one column' input.neighbors.distances=distances.one.npy \
    input.neighbors.indices=indices.one.npy
wrong 'input.neighbors: 10 neighbors need more than 10 rows' input.neighbors.distances=distances.many.npy \
    input.neighbors.indices=indices.many.npy input.neighbors.self=none

# --- tables of the reference library give its dimensions
while read -r set; do
    cat >c.yml <<YAML
name: t
input: {neighbors: {distances: distances.$set.npy, indices: indices.$set.npy}, duplicates: keep}
stages: {id: {estimators: [twonn, gride, twonn_bayes]}, report: {}}
YAML
    rm -rf o
    varve_on 2 run c.yml -q output=o
    expect_status "$set" 0
    "$PYTHON" - "$oracle" "$set" <<'PY' >compared || complain "$(cat compared)"
import sys, h5py, numpy as np
oracle, report = h5py.File(sys.argv[1])[sys.argv[2]], h5py.File("o/report.h5")
attrs, gride = oracle["id/2nn"].attrs, oracle["id/gride_precomputed"]
s = min(len(gride["ids"]), report["id/gride/value"].shape[1])
for what, ours, theirs, tolerance in (
        ("fit", report["id/twonn/value"][0], attrs["id_base"], 1e-7),
        ("ml", report["id/twonn_ml/value"][0], attrs["id_ml"], 1e-7),
        ("bayes", report["id/twonn_bayes/value"][0], attrs["id_wprior"], 1e-7),
        ("gride", report["id/gride/value"][0, :s], gride["ids"][:s], 1e-6),
        ("gride, errors", report["id/gride/std_error"][0, :s], gride["ids_err"][:s], 1e-6)):
    if not np.allclose(ours, theirs, rtol=tolerance, atol=tolerance if what == "gride" else 0):
        sys.exit(print(f"{sys.argv[2]}: {what}: {ours} is not {theirs}") or 1)
PY
done <whole_sets
[ -z "$oracle" ] || [ -s whole_sets ] || complain 'no whole table among the reference results'
finish
