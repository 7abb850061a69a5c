# SPDX-License-Identifier: MIT
"""Imbalance and similarity by numpy, from their definitions: python networks.py write METRIC | compare RUN METRIC.
Layers a, b of one network (rows repeat, others in each layer), layers u, v, w of another one."""
import sys

import h5py
import numpy as np

if sys.argv[1] == "write":
    rng = np.random.default_rng(4)
    x = rng.integers(-3, 4, (157, 6)).astype(np.float32) + np.float32(0.5)  # ties
    if sys.argv[2] == "cosine":  # ties of rounded rows are not for numpy to settle
        x += rng.standard_normal(x.shape).astype(np.float32)
    main = {"a": x.copy(), "b": x[:, :3] + x[:, 3:] * np.float32(0.25)}
    for name, rows in main.items():
        twins = rng.choice(157, 40, replace=False)
        rows[twins[:20]] = rows[twins[20:]]
        np.save(f"main_{name}.npy", rows)
    np.save("other_u.npy", x.astype(np.float64) @ rng.standard_normal((6, 9)))
    np.save("other_v.npy", x[:, :6] * np.float32(2))
    np.save("other_w.npy", rng.standard_normal((157, 3)))
    np.save("short_a.npy", x[:100])
    np.save("unrelated.npy", rng.standard_normal((157, 3)))
    sys.exit()

run, metric = sys.argv[2:4]
report = h5py.File(f"{run}/report.h5")
load = lambda name: np.load(f"{name}.npy").astype(np.float64)
spaces = [load("main_a"), load("main_b"), load("other_u"), load("other_v"), load("other_w")]


def kept(rows):  # the first of equal rows
    return np.sort(np.unique(rows, axis=0, return_index=True)[1])


samples = [kept(spaces[0]), kept(spaces[1])] + [np.arange(157)] * 3
assert len(samples[0]) < 157 and len(samples[1]) < 157 and set(samples[0]) != set(samples[1])


def order_of(x):
    """Neighbors of each row by (distance, index), without the row itself."""
    if metric == "cosine":
        x = x / np.linalg.norm(x, axis=1, keepdims=True)
    d = ((x[:, None] - x[None]) ** 2).sum(-1)
    np.fill_diagonal(d, -1)
    return np.lexsort((np.broadcast_to(np.arange(len(x)), d.shape), d), axis=1)[:, 1:]


def compare(a, b):
    common = np.intersect1d(samples[a], samples[b])
    x, y = spaces[a][common], spaces[b][common]
    n = len(common)
    first, second = order_of(x), order_of(y)
    rank = np.empty((n, n), int)
    np.put_along_axis(rank, second, np.arange(1, n)[None].repeat(n, 0), 1)
    ranks = np.take_along_axis(rank, first, 1)
    imbalance = [2 / n * ranks[:, :k].mean() for k in (1, 5)]
    overlap = [np.mean([len(set(p[:k]) & set(q[:k])) / k for p, q in zip(first, second)]) for k in (3, 20)]
    xc, yc = x - x.mean(0), y - y.mean(0)
    norm = lambda p, q: ((p.T @ q) ** 2).sum()
    cosine = np.nan
    if x.shape[1] == y.shape[1]:
        cosine = (x * y).sum(1) / np.linalg.norm(x, axis=1) / np.linalg.norm(y, axis=1)
    return dict(n=n, imbalance=imbalance, overlap=overlap,
                linear_cka=norm(xc, yc) / np.sqrt(norm(xc, xc) * norm(yc, yc)),
                cosine=np.mean(cosine), angular_distance=np.mean(np.arccos(np.clip(cosine, -1, 1))) / np.pi)


def near(what, ours, theirs):
    tolerance = 1e-7 if what == "angular_distance" else 1e-10  # arccos is steep where rows are nearly parallel
    assert np.allclose(ours, theirs, rtol=tolerance, atol=tolerance, equal_nan=True), (what, ours, theirs)


imbalance, similarity = report["imbalance"], report["similarity"]
for a in range(2):
    for b in range(2):
        if a == b:
            continue
        c = compare(a, b)
        near("imbalance", imbalance["layer_to_layer"][:, a, b], c["imbalance"])
        assert imbalance["n_rows"][a, b] == c["n"] == similarity["n_rows"][a, b]
        for name in "linear_cka", "cosine", "angular_distance":
            near(name, similarity[name][a, b], c[name])
    for b in range(3):
        c, back = compare(a, 2 + b), compare(2 + b, a)
        near("to network", imbalance["to_network/second"][:, a, b], c["imbalance"])
        near("from network", imbalance["from_network/second"][:, a, b], back["imbalance"])
        near("overlap", similarity["neighbor_overlap_with/second"][:, a, b], c["overlap"])
        for name in "linear_cka", "cosine", "angular_distance":
            near(name, similarity[f"{name}_with/second"][a, b], c[name])
assert list(imbalance["layer_of/second"].asstr()) == ["u", "v", "w"]
near("next", imbalance["to_next"][:, 0], imbalance["layer_to_layer"][:, 0, 1])
near("first", imbalance["to_first"][:, 1], imbalance["layer_to_layer"][:, 1, 0])
near("last", imbalance["to_last"][:, 0], imbalance["layer_to_layer"][:, 0, 1])
