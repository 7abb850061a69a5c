# SPDX-License-Identifier: MIT
"""Counts over runs of tests/cli/test_depth_power.sh: python depth_power.py PLANTED_LAYER PLANTED_MINIMUM FOLDER...
In planted*/ the class is best read at PLANTED_LAYER and the ID least at PLANTED_MINIMUM; in flat*/ layers are noise.
Prints what was found and fails when it is less than promised: sets hold what is planted at 95 % confidence, and little
else; what is planted is found; noise has something to tell in 5 % of the runs at most, in 1 % by the ID rule, whose
peak needs both a rise and a fall. With few seeds one run may be off, or an average by a half."""
import sys

import h5py

label, minimum = int(sys.argv[1]), int(sys.argv[2])
count = {}


def add(name, value=1):
    count[name] = count.get(name, 0) + int(value)


for folder in sys.argv[3:]:
    with h5py.File(f"{folder}/report.h5") as f:
        depth = f["depth"]
        probe = depth["by_probe/class"]
        overlap = depth["by_overlap/class/set"][()]
        if folder.startswith("planted"):
            add("planted")
            add("probe: the planted layer is in the set", probe["set"][label] == 1)
            add("probe: the planted layer is best", probe["best_layer"][0] == label)
            add("probe: layers in the set, in all", (probe["set"][()] == 1).sum())
            add("overlap: the planted layer is in the set", overlap[label] == 1)
            add("overlap: the planted layer is best", depth["best_by_label/class"][0] == label)
            add("overlap: layers in the set, in all", (overlap == 1).sum())
            add("ID rule: the planted minimum is suggested", depth["suggested_layer"][0] == minimum)
            add("ID rule: the planted minimum is in the set", depth["id_set"][minimum] == 1)
        else:
            add("flat")
            add("flat: the ID rule suggests a layer", depth["suggested_layer"][0] >= 0)
            add("flat: the probe tells some layer from the best", (probe["set"][()] == 0).any())
            add("flat: the overlap tells some layer from the best", (overlap == 0).any())
for name, value in count.items():
    print(f"{value:5d}  {name}")
n = count["planted"]
few = n < 20
promised = {  # (at least, at most), of each run
    "probe: the planted layer is in the set": (0.95, 1),
    "probe: the planted layer is best": (0.9, 1),
    "probe: layers in the set, in all": (1, 3),
    "overlap: the planted layer is in the set": (0.95, 1),
    "overlap: the planted layer is best": (0.9, 1),
    "overlap: layers in the set, in all": (1, 3),
    "ID rule: the planted minimum is suggested": (0.9, 1),
    "ID rule: the planted minimum is in the set": (0.95, 1),
    "flat: the ID rule suggests a layer": (0, 0.01),
    "flat: the probe tells some layer from the best": (0, 0.05),
    "flat: the overlap tells some layer from the best": (0, 0.05),
}
wrong = []
for name, (least, most) in promised.items():
    slack = few * (0.5 * n if "in all" in name else 1)
    if not least * n - slack <= count[name] <= most * n + slack:
        wrong.append(f"{name}: {count[name]}, not {least:g} to {most:g} of each of {n}")
assert count["flat"] == n
for text in wrong:
    print(f"not as promised: {text}")
sys.exit(bool(wrong))
