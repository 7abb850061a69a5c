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

near("TwoNN with a prior", report["id/twonn_bayes/value"][0], attrs["id_wprior"], 1e-7)
near("its error", report["id/twonn_bayes/std_error"][0], attrs["err_wprior"], 1e-7)

# ABIDE: the stored k* with the dimension of TwoNN, then the recipe of its methods page on the neighbor table.
index, distance = table["index"][()], table["distance"][()]
K = index.shape[1]


def kstar_of(dim):
    """First failing j - 1 for j = 4, 5, .., K - 1, else K - 1."""
    kstar, going = np.full(n, K - 1), np.ones(n, bool)
    for j in range(4, K):
        u = dim * (np.log(distance[index[:, j - 1], j - 2]) - np.log(distance[:, j - 2]))
        fails = going & (4 * (j - 1) * (np.abs(u) / 2 + np.log1p(np.exp(-np.abs(u))) - np.log(2)) > 23.92812698)
        kstar[fails] = j - 1
        going &= ~fails
    return kstar


if K == maxk or K == n - 1:
    dim = attrs["id_base"]
    kstar = kstar_of(dim)
    near("k*", kstar, oracle["density/kstar"][()])
    steps = report["id/abide/iterations"]
    near("ABIDE start", steps["mean_kstar"][0, 0], oracle["density/kstar"][()].mean(), 1e-12)
    for i in range(1, 6):
        r = min(0.975, 0.2032 ** (1 / dim))
        inside = (distance < r * distance[np.arange(n), kstar - 1][:, None]).sum(1)
        dim = np.log(inside.mean() / (kstar.mean() - 1)) / np.log(r)
        near(f"ABIDE {i}", steps["value"][0, i], dim, 1e-9)
        kstar = kstar_of(dim)
        near(f"ABIDE {i} k*", steps["mean_kstar"][0, i], kstar.mean(), 1e-9)
    near("ABIDE", report["id/abide/value"][0], dim, 1e-9)

for i, k in enumerate(report["id/mle/k"][()]):
    if k <= K:
        inverse = np.log(distance[:, k - 1 : k] / distance[:, : k - 1]).mean(1)
        near(f"MLE {k}", report["id/mle/value"][0, i], 1 / inverse.mean(), 1e-10)
for i, k in enumerate(report["id/binomial/k"][()]):
    if k <= K:
        r = report["id/binomial/ratio"][0]
        inside = (distance[:, : k - 1] <= r * distance[:, k - 1 : k]).sum(1).mean()
        near(f"binomial {k}", report["id/binomial/value"][0, i], np.log(inside / (k - 1)) / np.log(r), 1e-10)
if sys.argv[3] == "gauss2d":  # published with the library: k = 5, ratio 0.5
    near("binomial, published", [report["id/binomial/posterior_mean"][0, 0], report["id/binomial/posterior_std"][0, 0]],
         [1.98391, 0.123781], 0, 6e-6)
eigenvalues = np.linalg.eigvalsh(np.atleast_2d(np.cov(X.T)))[::-1]
near("participation ratio", report["id/pca/participation_ratio"][0],
     eigenvalues.sum() ** 2 / (eigenvalues**2).sum(), 1e-6)
near("components", report["id/pca/n_components"][0],
     1 + np.searchsorted(np.cumsum(eigenvalues) / eigenvalues.sum(), 0.9))

# Decimation draws other subsets: within 4 errors, from the sizes with 4 draws on. Blocks of the same sizes: likewise.
scan = oracle["id/2nn_scaling_base"]
ids, errors, sizes = (scan[name][()] for name in ("ids", "ids_err", "sizes"))
for h in range(2, min(len(ids), report["id/decimation/value"].shape[1])):
    a, b = report["id/decimation/value"][0, h], report["id/decimation/std_error"][0, h]
    if sizes[h] != report["id/decimation/n_rows"][0, h]:
        wrong.append(f"decimation {h}: {report['id/decimation/n_rows'][0, h]} rows, not {sizes[h]}")
    elif sizes[h] >= 20 and abs(a - ids[h]) > 4 * np.hypot(b, errors[h]) + 0.02 * ids[h]:
        wrong.append(f"decimation {h}: {a} +- {b} is not {ids[h]} +- {errors[h]}")
blocks = report["id/blocks"]
for b, size in zip(*(blocks[name][()] for name in ("n_blocks", "n_rows"))):
    h = int(np.log2(b))
    if h < 2 or size < 20 or h >= len(ids):
        continue
    a, e = (blocks[name][0, list(blocks["n_blocks"][()]).index(b)] for name in ("value", "std_error"))
    if abs(a - ids[h]) > 4 * np.hypot(e, errors[h]) + 0.02 * ids[h]:
        wrong.append(f"{b} blocks: {a} +- {e} is not {ids[h]} +- {errors[h]}")

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
# A pair closer than 2 sqrt(eps) |x| may pass for one row there: 2/N for each such row.
limit = 2 * np.sqrt(np.finfo(float).eps)
for (a, b), name in (((0, 1), "full_A_to_B"), ((1, 0), "full_B_to_A")):
    Y = X if a == 0 else X[:, : max(1, d // 2)]
    nearest = h5py.File(f"{run}/artifacts/knn/{'ab'[a]}.h5")["distance"][:, 0]
    n_close = int((nearest < limit * np.linalg.norm(Y, axis=1)).sum())
    near(f"imbalance {name}", report["imbalance/layer_to_layer"][0, a, b], oracle["imbalance"].attrs[name],
         0, 1e-6 + n_close * 2 / n)
    if n <= 5000:  # by sorting, which the reference library does not do right for such pairs
        P, Q = (X, X[:, : max(1, d // 2)]) if a == 0 else (X[:, : max(1, d // 2)], X)
        total = 0
        for i in range(n):
            da, db = (((Z - Z[i]) ** 2).sum(1) for Z in (P, Q))
            da[i] = np.inf
            j = np.argmin(da)
            total += 1 + ((db < db[j]) | ((db == db[j]) & (np.arange(n) < j))).sum() - (i < j or db[i] < db[j])
        near(f"imbalance {name}, sorted", report["imbalance/layer_to_layer"][0, a, b], 2 / n * total / n, 1e-12)

print("\n".join(f"{sys.argv[3]}: {line}" for line in wrong) or f"{sys.argv[3]}: agrees")
sys.exit(bool(wrong))
