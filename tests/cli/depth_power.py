# SPDX-License-Identifier: MIT
"""Counts over runs of tests/cli/test_depth_power.sh: python depth_power.py PLANTED_LAYER PLANTED_MINIMUM FOLDER...
In planted*/ the class is best read at PLANTED_LAYER and the ID least at PLANTED_MINIMUM; in flat*/ layers are noise.
Prints what was found and fails when it is less than promised: at 95 % confidence (rates of noise up to 3 standard
deviations of a count)."""
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
slack = 3 * (0.05 * 0.95 * n) ** 0.5
least = 0.95 * n - (slack if n < 20 else 0)
wrong = [name for name, value in count.items() if "is in the set" in name and value < least]
wrong += ["ID rule: the planted minimum is suggested"] * (count["ID rule: the planted minimum is suggested"] < 0.8 * n)
wrong += [name for name, value in count.items() if name.startswith("flat:") and value > 0.05 * count["flat"] + slack]
for name in wrong:
    print(f"not as promised: {name}")
sys.exit(bool(wrong))
