# SPDX-License-Identifier: MIT
"""Compares varve with what the reference library computed on small real sets (clean ones: no ties,
no duplicates). Tolerances are those its README states for correct float64 code.

oracle.py write ORACLE SET   puts X and its first columns (the partner) into two.h5, prints k
oracle.py compare ORACLE SET RUN
"""
import sys

import h5py
import numpy as np

oracle = h5py.File(sys.argv[2])[sys.argv[3]]
X = oracle["X"][()].astype(np.float64)
n, d = X.shape
maxk = int(oracle.attrs["maxk"])

if sys.argv[1] == "write":
    with h5py.File("two.h5", "w") as file:
        file["a"] = X
        file["b"] = X[:, : max(1, d // 2)]
        file["labels"] = oracle["labels"][()]
    print(min(maxk, n - 1))
    sys.exit()

run = sys.argv[4]
report = h5py.File(f"{run}/report.h5")
wrong = []


def near(what, ours, theirs, relative=0.0, absolute=0.0):
    ours, theirs = np.asarray(ours, float), np.asarray(theirs, float)
    if not np.allclose(ours, theirs, rtol=relative, atol=absolute):
        wrong.append(f"{what}: {ours.ravel()[:8]} is not {theirs.ravel()[:8]}")


table = h5py.File(f"{run}/artifacts/knn/a.h5")
rows = oracle["knn/rows_indices"][()]
theirs = oracle["knn/indices"][()][:, 1:]
ours = table["index"][()][rows][:, : theirs.shape[1]]
same = (ours == theirs[:, : ours.shape[1]]).mean()
if same < 1.0:
    wrong.append(f"only {same:.6f} of the neighbor indices agree")
rows = oracle["knn/rows_distances"][()]
theirs = oracle["knn/distances"][()][:, 1:]
near("distances", table["distance"][()][rows][:, : theirs.shape[1]], theirs, 1e-9)

attrs = oracle["id/2nn"].attrs
near("TwoNN fit", report["id/twonn/value"][0], attrs["id_base"], 1e-7)
near("TwoNN ML", report["id/twonn_ml/value"][0], attrs["id_ml"], 1e-7)
near("TwoNN scale", report["id/twonn/distance"][0], attrs["rs"], 1e-9)

gride = oracle["id/gride_fresh64"]
S = min(len(gride["ids"]), report["id/gride/value"].shape[1])
near("Gride", report["id/gride/value"][0, :S], gride["ids"][:S], 0, 1e-6)
near("Gride errors", report["id/gride/std_error"][0, :S], gride["ids_err"][:S], 1e-6)
near("Gride scales", report["id/gride/distance"][0, :S], gride["rs"][:S], 1e-9)

# Decimation draws other subsets: within 4 errors, from the sizes with 4 draws on.
scan = oracle["id/2nn_scaling_base"]
ids, errors, sizes = (scan[name][()] for name in ("ids", "ids_err", "sizes"))
for h in range(2, min(len(ids), report["id/decimation/value"].shape[1])):
    a, b = report["id/decimation/value"][0, h], report["id/decimation/std_error"][0, h]
    if sizes[h] != report["id/decimation/n_rows"][0, h]:
        wrong.append(f"decimation {h}: {report['id/decimation/n_rows'][0, h]} rows, not {sizes[h]}")
    elif sizes[h] >= 20 and abs(a - ids[h]) > 4 * np.hypot(b, errors[h]) + 0.02 * ids[h]:
        wrong.append(f"decimation {h}: {a} +- {b} is not {ids[h]} +- {errors[h]}")

ks = list(report["composition/k"])
for k in ks:
    name = f"overlap/data_k{k}"
    if name in oracle:
        near(name, report["composition/layer_overlap"][ks.index(k), 0, 1],
             oracle[name]["count_per_point"][()].mean() / k, 1e-12)
    name = f"overlap/label_k{k}"
    if name in oracle:
        counts, labels = oracle[name]["count_per_point"][()], oracle["labels"][()]
        plain = counts.mean() / k
        weighted = np.mean([counts[labels == c].mean() / k for c in np.unique(labels)])
        near(name, report["composition/label_overlap/l"][ks.index(k), 0], plain, 1e-12)
        near(f"{name} weighted", report["composition/label_overlap/l_weighted"][ks.index(k), 0],
             weighted, 1e-12)
print("\n".join(f"{sys.argv[3]}: {line}" for line in wrong) or f"{sys.argv[3]}: agrees")
sys.exit(bool(wrong))
