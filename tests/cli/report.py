# SPDX-License-Identifier: MIT
"""Opens a run as a user of h5py and xarray would, and checks what the report promises."""
import csv
import json
import pathlib
import sys

import h5py
import numpy as np
import xarray

run = pathlib.Path(sys.argv[1])
report = h5py.File(run / "report.h5")
wrong = []


def check(ok, what):
    if not ok:
        wrong.append(what)


def visit(name, item):
    if not isinstance(item, h5py.Dataset):
        return
    for key in ("long_name", "units", "description"):
        check(isinstance(item.attrs.get(key), str) and item.attrs[key], f"/{name} has no {key}")
    check(item.dtype.kind in "fiS", f"/{name} has type {item.dtype}")
    for axis in range(item.ndim):
        scales = item.dims[axis]
        check(h5py.h5ds.is_scale(item.id) or len(scales) == 1, f"/{name} axis {axis} has {len(scales)} scales")
        if len(scales):
            check(scales[0].shape == (item.shape[axis],), f"/{name} axis {axis}: scale of other size")


report.visititems(visit)
check(report.attrs["schema"] == 1, "no schema")
L = report["layers/name"].shape[0]
S = report["id/gride/order"].shape[0]
K = report["composition/k"].shape[0]
shapes = {
    "layers/n_features": (L,), "layers/n_distinct": (L,),
    "id/twonn/value": (L,), "id/twonn/std_error": (L,), "id/twonn_ml/value": (L,),
    "id/gride/value": (L, S), "id/gride/std_error": (L, S), "id/gride/distance": (L, S),
    "composition/layer_overlap": (K, L, L), "composition/label_overlap/class": (K, L),
    "composition/label_overlap/class_weighted": (K, L),
}
for name, shape in shapes.items():
    check(report[name].shape == shape, f"/{name} has shape {report[name].shape}, not {shape}")
check(list(report["id/gride/order"]) == [2**i for i in range(S)], "orders of Gride")
check((np.diff(report["id/gride/distance"], axis=1) > 0).all(), "scales do not grow")
overlap = report["composition/layer_overlap"][()]
check((overlap == overlap.transpose(0, 2, 1)).all(), "overlap is not symmetric")
check((np.diagonal(overlap, axis1=1, axis2=2) == 1).all(), "overlap with itself is not 1")
order = list(report["id/gride/order"]).index(report["id/reported/order"][0])
check((report["id/reported/value"][()] == report["id/gride/value"][:, order]).all(), "reported ID")
check(report["layers/name"].asstr()[0] == "layer_00", "layer names")
for name in ("program", "commit", "mpi", "hdf5", "ranks", "threads", "hosts", "configuration",
             "started", "command", "seconds"):
    check(name in report["provenance"], f"no provenance/{name}")

for group, sizes in {"id/gride": {"layer": L, "order": S}, "composition": {"k": K, "layer": L},
                     "composition/label_overlap": {"k": K, "layer": L}, "layers": {"layer": L}}.items():
    opened = xarray.open_dataset(run / "report.h5", group=group, engine="h5netcdf")
    for dim, n in sizes.items():
        check(opened.sizes.get(dim) == n, f"xarray: {group} has {dict(opened.sizes)}")
gride = xarray.open_dataset(run / "report.h5", group="id/gride", engine="h5netcdf")
check(float(gride.value.sel(order=2)[0]) == report["id/gride/value"][0, 1], "xarray selects by order")

# Neighbor tables: self excluded, sorted, distances as evaluated directly.
table = xarray.open_dataset(run / "artifacts/knn/layer_00.h5", engine="h5netcdf")
n, k = table.index.shape
check(dict(table.sizes) == {"sample": n, "k": k}, f"neighbor table: {dict(table.sizes)}")
index, distance = table.index.values, table.distance.values
check(not (index == np.arange(n)[:, None]).any(), "a row is its own neighbor")
check((np.diff(distance, axis=1) >= 0).all(), "distances do not ascend")
check(index.dtype == np.int32 and distance.dtype == np.float64, "types of the neighbor table")

# The CSV tables hold the same numbers.
with open(run / "tables/id_gride.csv") as file:
    rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
check(len(rows) == L * S, "rows of id_gride.csv")
values = np.array([float(row["value"]) for row in rows]).reshape(L, S)
check((values == report["id/gride/value"][()]).all(), "id_gride.csv differs from report.h5")
with open(run / "tables/composition_label_overlap.csv") as file:
    rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
values = np.array([float(row["class"]) for row in rows]).reshape(K, L)
check((values == report["composition/label_overlap/class"][()]).all(), "label overlap in CSV")

manifest = json.loads((run / "manifest.json").read_text())
for name, size in manifest["files"].items():
    check((run / name).stat().st_size == size, f"manifest: size of {name}")
check({"report.h5", "config.yml", "artifacts/knn/layer_00.h5"} <= set(manifest["files"]), "manifest")
print("\n".join(wrong) or "the report keeps its promises")
sys.exit(bool(wrong))
