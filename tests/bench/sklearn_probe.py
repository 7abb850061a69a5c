#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The regularization path of the logistic probe by varve and by scikit-learn, in turn: same rows, same split, same C's,
fits that end at the same gradient. usage: sklearn_probe.py PROGRAM ROWS FEATURES CLASSES PAIRS"""
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

import h5py
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.preprocessing import StandardScaler

PATH = [1e-4, 1e-3, 1e-2, 1e-1, 1.0]
TOLERANCE = 1e-6  # of the gradient of the mean loss

program = os.path.abspath(sys.argv[1])
n, d, n_classes, pairs = map(int, sys.argv[2:6])
rng = np.random.default_rng(1)
y = rng.integers(0, n_classes, n)
centers = 0.8 * rng.standard_normal((n_classes, d // 16))
x = np.zeros((n, d), np.float32)
x[:, : d // 16] = centers[y] + 3.0 * rng.standard_normal((n, d // 16))
x[:, d // 16 :] = rng.standard_normal((n, d - d // 16))
x = (x @ np.linalg.qr(rng.standard_normal((d, d)))[0]).astype(np.float32)
part = rng.choice(["train", "validation", "test"], n, p=[0.55, 0.15, 0.3])
train, validation, test = (part == p for p in ("train", "validation", "test"))


def ours(folder):
    """Seconds of the stage, and the log loss on the test part."""
    subprocess.run([program, "run", "c.yml", "output=o", "-q"], cwd=folder, check=True, stdout=subprocess.DEVNULL,
                   env=dict(os.environ, VARVE_CACHE="none"))
    with h5py.File(f"{folder}/o/report.h5") as report:
        stages = [s.decode() if isinstance(s, bytes) else s for s in report["provenance/stage"][()]]
        return report["provenance/seconds"][()][stages.index("probe")], report["probe/y/logistic/log_loss"][0]


def theirs():
    begin = time.perf_counter()
    scaler = StandardScaler().fit(x[train])
    z = [scaler.transform(x[p]).astype(np.float64) for p in (train, validation, test)]
    fit = LogisticRegression(tol=TOLERANCE * train.sum(), max_iter=10000, warm_start=True)
    best = np.inf
    for c in PATH:
        fit.set_params(C=c).fit(z[0], y[train])
        loss = log_loss(y[validation], fit.predict_proba(z[1]))
        if loss < best:
            best, chosen = loss, fit.predict_proba(z[2])
    return time.perf_counter() - begin, log_loss(y[test], chosen)


with tempfile.TemporaryDirectory() as folder:
    np.save(f"{folder}/x.npy", x)
    for name, values in (("y", y), ("part", part)):
        with open(f"{folder}/{name}.txt", "w") as file:
            file.writelines(f"{v}\n" for v in values)
    with open(f"{folder}/c.yml", "w") as file:
        json.dump({"name": "probe",
                   "input": {"layers": {"path": "x.npy"}, "labels": {"y": {"path": "y.txt"}, "part": {"path": "part.txt"}}},
                   "stages": {"probe": {"labels": ["y"], "split": "part", "regularization": PATH, "alpha": [],
                                        "tolerance": TOLERANCE, "permuted": False, "sizes": [],
                                        "bootstrap": {"replicates": 0}}, "report": {}}}, file)
    times = [(*ours(folder), *theirs()) for _ in range(pairs + 1)][1:]
a, b = statistics.median(t[0] for t in times), statistics.median(t[2] for t in times)
ratio = statistics.median(t[2] / t[0] for t in times)
print(f"{n:8d} {d:6d} {n_classes:8d} {a:9.2f} {b:13.2f} {ratio:7.2f}   log loss {times[0][1]:.5f}, {times[0][3]:.5f}")
