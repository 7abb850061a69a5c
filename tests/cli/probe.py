# SPDX-License-Identifier: MIT
"""Compares the probes with scikit-learn at the same regularization, on the same split.

probe.py write INPUT LAYER N    first N rows of a layer of real activations, labels, a split, into real.h5
probe.py compare RUN            report of a run on it
probe.py sizes RUN              all rows there are to train on, of each label set: sizes for the learning curve
probe.py curve RUN              a run with these and smaller ones
"""
import sys

import h5py
import numpy as np

if sys.argv[1] == "write":
    with h5py.File(sys.argv[2]) as source, h5py.File("real.h5", "w") as file:
        n = int(sys.argv[4])
        file["a"] = source[sys.argv[3]][:n]
        file["labels"] = source["labels"][:n]
        file["first"] = (source["labels"][:n] == 0).astype(int)
        norms = np.linalg.norm(file["a"][()].astype(np.float64), axis=1)
        file["number"] = np.rint(1000 * norms / norms.mean()).astype(int)
        parts = np.random.default_rng(5).choice(["train", "validation", "test"], n, p=[0.5, 0.2, 0.3])
        file["split"] = [str(part) for part in parts]
    sys.exit()


def curve(run):
    """Trained on all rows the curve is the probe itself, to the bit; on few it reads less."""
    report = h5py.File(f"{run}/report.h5")
    probe, sizes, means = report["probe"], list(report["probe/size"][()]), []
    for label in (name for name in probe if isinstance(probe[name], h5py.Group)):
        ours, whole = probe[f"{label}/curve"], probe[f"{label}/logistic"]
        q = sizes.index(probe[f"{label}/n_train"][0])
        assert q >= 2 and (probe[f"{label}/n_train"][()] == sizes[q]).all(), sizes
        for name in ours:
            assert np.array_equal(ours[name][:, q], whole[name][()]), f"{label}: {name} at {sizes[q]} rows"
        for layer in report["layers/name"].asstr():
            with h5py.File(f"{run}/artifacts/probe/{layer}.h5") as file:
                right = file[label]
                assert np.array_equal(right[f"curve_{sizes[q]}"], right["logistic"]), f"{label}, {layer}: outcomes"
        means.append([[ours[name][:, i].mean() for i in (0, 1, q)] for name in ("accuracy", "log_loss")])
    accuracy, loss = np.mean(means, axis=0)
    less = (np.diff(accuracy) > 0.01).all() and (np.diff(loss) < -0.01).all()
    assert less, f"few rows read as well: {accuracy}, {loss}"


if sys.argv[1] == "sizes":
    probe = h5py.File(f"{sys.argv[2]}/report.h5")["probe"]
    rows = {int(probe[name]["n_train"][0]) for name in probe if isinstance(probe[name], h5py.Group)}
    print(*sorted(rows), sep=", ")
    sys.exit()
if sys.argv[1] == "curve":
    curve(sys.argv[2])
    sys.exit()

import warnings

from sklearn.linear_model import LogisticRegression, Ridge, RidgeClassifier
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score, log_loss, r2_score
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import StandardScaler

warnings.simplefilter("ignore")
report = h5py.File(f"{sys.argv[2]}/report.h5")["probe"]
file = h5py.File("real.h5")
X = file["a"][()].astype(np.float64)
parts = file["split"].asstr()[()]
wrong = []
train, validation, test = (parts == name for name in ("train", "validation", "test"))


def near(what, ours, theirs, tolerance):
    if not abs(float(ours) - float(theirs)) <= tolerance:
        wrong.append(f"{what}: {float(ours)} is not {float(theirs)}")


def compare_ridge(label, Z, y, targets):
    """targets: what is regressed on, (n) or (n, classes)"""
    group, path = report[label]["ridge"], []
    for i, alpha in enumerate(report["alpha"][()]):
        told = Ridge(alpha=alpha, solver="cholesky").fit(Z[train], targets[train]).predict(Z)
        path.append(((told - targets)[validation] ** 2).sum())
        near(f"{label} ridge path R^2 at {alpha}", group["path_r2"][0, i],
             r2_score(targets[validation], told[validation], multioutput="variance_weighted"), 1e-6)
        if alpha != group["alpha"][0]:
            continue
        near(f"{label} ridge R^2", group["r2"][0],
             r2_score(targets[test], told[test], multioutput="variance_weighted"), 1e-6)
        if not group["r2_low"][0] < group["r2"][0] < group["r2_high"][0]:
            wrong.append(f"{label}: R^2 is not in its interval")
        if targets.ndim == 2:
            near(f"{label} ridge accuracy", group["accuracy"][0],
                 RidgeClassifier(alpha=alpha).fit(Z[train], y[train]).score(Z[test], y[test]), 5e-4)
    if report["alpha"][int(np.argmin(path))] != group["alpha"][0]:
        wrong.append(f"{label}: another alpha was chosen")


number = file["number"][()].astype(float)
compare_ridge("number", StandardScaler().fit(X[train]).transform(X), None, number)
for label in ("labels", "first"):
    y = file[label][()]
    group = report[label]
    for part, name in ((train, "n_train"), (validation, "n_validation"), (test, "n_test")):
        near(f"{label} {name}", group[name][0], part.sum(), 0)
    scaler = StandardScaler().fit(X[train])
    Z = scaler.transform(X)
    losses = []
    for i, C in enumerate(report["regularization"][()]):
        fit = LogisticRegression(C=C, tol=1e-7, max_iter=20000).fit(Z[train], y[train])
        losses.append(log_loss(y[validation], fit.predict_proba(Z[validation])))
        near(f"{label} path loss at {C}", group["logistic/path_log_loss"][0, i], losses[-1], 1e-4)
        near(f"{label} path accuracy at {C}", group["logistic/path_accuracy"][0, i],
             fit.score(Z[validation], y[validation]), 5e-4)
        if C == group["logistic/regularization"][0]:
            p, told = fit.predict_proba(Z[test]), fit.predict(Z[test])
            for name, value, tolerance in (
                ("accuracy", accuracy_score(y[test], told), 5e-4),
                ("balanced_accuracy", balanced_accuracy_score(y[test], told), 1e-3),
                ("macro_f1", f1_score(y[test], told, average="macro"), 1e-3),
                ("log_loss", log_loss(y[test], p), 1e-4),
            ):
                ours, low, high = (group[f"logistic/{name}{e}"][0] for e in ("", "_low", "_high"))
                near(f"{label} {name}", ours, value, tolerance)
                if not low < ours < high:
                    wrong.append(f"{label} {name}: {ours} is not between {low} and {high}")
                if name == "accuracy":  # close to the normal interval, at hundreds of rows
                    half = 1.96 * np.sqrt(value * (1 - value) / test.sum())
                    near(f"{label} interval", high - low, 2 * half, 0.3 * half)
            near(f"{label} train loss", group["logistic/train_log_loss"][0],
                 log_loss(y[train], fit.predict_proba(Z[train])), 1e-4)
    if report["regularization"][int(np.argmin(losses))] != group["logistic/regularization"][0]:
        wrong.append(f"{label}: another C was chosen")
    compare_ridge(label, Z, y, np.eye(y.max() + 1)[y])
    shares = np.bincount(y[train]) / train.sum()
    near(f"{label} majority", group["majority/accuracy"][0], (y[test] == shares.argmax()).mean(), 1e-12)
    near(f"{label} shares", group["majority/log_loss"][0], -np.log(shares[y[test]]).mean(), 1e-12)
    neighbors = y[NearestNeighbors(n_neighbors=10).fit(X).kneighbors(return_distance=False)]
    for i, k in enumerate(report["k"][()]):
        told = np.array([np.bincount(row[:k]).argmax() for row in neighbors])
        near(f"{label} {k} neighbors", group["knn/accuracy"][0, i], accuracy_score(y, told), 5e-4)
        near(f"{label} {k} neighbors F1", group["knn/macro_f1"][0, i], f1_score(y, told, average="macro"), 1e-3)
    n = train.sum()
    for i, size in enumerate(report["size"][()]):
        if size > n and not np.isnan(group["curve/accuracy"][0, i]):
            wrong.append(f"{label}: a curve beyond the data")
    if not group["permuted/accuracy"][0] < shares.max() + 0.05:
        wrong.append(f"{label}: permuted labels are predicted with {group['permuted/accuracy'][0]}")
    if not group["permuted/log_loss"][0] > group["majority/log_loss"][0] - 0.05:
        wrong.append(f"{label}: permuted labels are predicted with loss {group['permuted/log_loss'][0]}")
    near(f"{label} selectivity", group["selectivity"][0],
         group["logistic/accuracy"][0] - group["permuted/accuracy"][0], 1e-12)
print("\n".join(wrong) or "agrees")
sys.exit(bool(wrong))
