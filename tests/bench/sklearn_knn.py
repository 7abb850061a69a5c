#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The same table by scikit-learn, where it is installed: sklearn_knn.py N D K"""
import os
import sys
import time

import numpy as np
from sklearn.neighbors import NearestNeighbors

n, d, k = map(int, sys.argv[1:4])
x = np.random.default_rng(1).standard_normal((n, d), dtype=np.float32)
begin = time.perf_counter()
NearestNeighbors(n_neighbors=k + 1, algorithm="brute", n_jobs=-1).fit(x).kneighbors(x)
print(f"{n:8d} {d:6d} {k:5d}  scikit-learn brute, {os.cpu_count()} threads: "
      f"{time.perf_counter() - begin:.3f} s")
