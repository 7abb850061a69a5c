# SPDX-License-Identifier: MIT
"""same_report.py A B [NAME ...]: whether two reports hold the same datasets of the same bytes, but for provenance and
the datasets or groups named. Attributes of dimension scales hold addresses in the file, so that h5diff cannot tell."""
import sys

import h5py

skipped = ("provenance", *sys.argv[3:])


def read(path):
    found = {}

    def visit(name, item):
        if isinstance(item, h5py.Dataset) and not any((name + "/").startswith(s + "/") for s in skipped):
            found[name] = item.dtype.str, item.shape, item[()]

    with h5py.File(path) as file:
        file.visititems(visit)
    return found


a, b = read(sys.argv[1]), read(sys.argv[2])
wrong = [f"{name} is in one only" for name in sorted(a.keys() ^ b.keys())]
for name in sorted(a.keys() & b.keys()):
    same = a[name][:2] == b[name][:2]
    if same and a[name][0] == "|O":
        same = (a[name][2] == b[name][2]).all() if a[name][1] else a[name][2] == b[name][2]
    elif same:
        same = a[name][2].tobytes() == b[name][2].tobytes()
    if not same:
        wrong.append(f"{name} differs: {a[name]} and {b[name]}")
print("\n".join(wrong) if wrong else f"{len(a)} datasets are the same")
sys.exit(len(wrong) > 0)
