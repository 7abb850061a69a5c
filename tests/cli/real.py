# SPDX-License-Identifier: MIT
"""real.py INPUT LAYER RUN: the neighbor table of a layer against distances of some rows evaluated by
numpy in float64, on the rows that are left when duplicates are dropped."""
import sys

import h5py
import numpy as np

x = h5py.File(sys.argv[1])[sys.argv[2]][()].astype(np.float64)
table = h5py.File(f"{sys.argv[3]}/artifacts/knn/{sys.argv[2]}.h5")
index, distance, sample = (table[name][()] for name in ("index", "distance", "sample"))
first = np.sort(np.unique(x, axis=0, return_index=True)[1])
assert (sample == first).all(), "other rows are kept than the first of each"
x = x[first]
for row in range(0, len(x), max(1, len(x) // 40)):
    direct = np.sqrt(((x - x[row]) ** 2).sum(1))
    direct[row] = np.inf
    order = np.lexsort((np.arange(len(x)), direct))[: index.shape[1]]
    assert np.allclose(distance[row], direct[order], rtol=1e-12, atol=0), f"distances of row {row}"
    apart = np.abs(direct[index[row]] - direct[order]) <= 1e-12 * direct[order]
    assert apart.all(), f"neighbors of row {row}"
