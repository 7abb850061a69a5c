# SPDX-License-Identifier: MIT
"""Transfer depth by its definitions: python depth.py write | compare RUN.
Three networks (series) of six layers on the same 300 samples, some rows of which repeat, others in each layer. The
class can be read best, and noise is least, at a layer that moves from network to network; noise is most before it."""
import math
import sys
from itertools import permutations

import h5py
import numpy as np

NETWORKS = {"a": 2, "b": 3, "c": 4}
if sys.argv[1] == "write":
    rng = np.random.default_rng(11)
    n = 300
    topic = rng.integers(0, 3, n)
    centers = rng.standard_normal((3, 10))
    base = rng.standard_normal((n, 10))
    with h5py.File("nets.h5", "w") as f, h5py.File("target.h5", "w") as g:
        for name, best in NETWORKS.items():
            for l in range(6):
                gather = 1.8 - 0.5 * abs(l - best)
                x = np.hstack([gather * centers[topic] + base, np.zeros((n, 10))])
                noise = 1.2 if l == best - 1 else 0.3 if l < best else 0.1 + 0.25 * (l - best)
                x += noise * rng.standard_normal((n, 20))
                twins = rng.choice(n, 30, replace=False)
                x[twins[:15]] = x[twins[15:]]
                f[f"{name}/layer_{l}"] = x
                if name == "a":  # a target network: the first layers are alike, the others less and less
                    g[f"{name}/layer_{l}"] = x + (0.05 if l < 3 else 4.0) * rng.standard_normal((n, 20))
        f["few"] = np.where(np.arange(n) < 90, topic, -1)
        f["topic"] = topic
    sys.exit()

run = sys.argv[2]
report = h5py.File(f"{run}/report.h5")
depth = report["depth"]
names = [x.decode() for x in report["layers/name"][()]]
first = list(depth["first_layer"][()]) + [len(names)]


def mcnemar(a, b):
    n, k = a + b, min(a, b)
    return min(1.0, 2 * sum(math.comb(n, i) for i in range(k + 1)) / 2**n) if a != b else 1.0


def holm(p):  # of all pairs
    order = sorted(p, key=lambda i: (p[i], i))
    pairs = len(p) * (len(p) + 1) // 2
    out, least = {}, 0.0
    for q, i in enumerate(order):
        least = max(least, min(1.0, (pairs - q) * p[i]))
        out[i] = least
    return out


def outcomes(column):
    right = []
    for name in names:
        with h5py.File(f"{run}/artifacts/probe/{name}.h5") as f:
            right.append(dict(zip(f["sample"][()].tolist(), f[column][()].tolist())))
    return [{s: r for s, r in layer.items() if r >= 0} for layer in right]


def sets(right, low, end):
    tested = [len(r) for r in right]
    most = max(tested[low:end])
    share = {l: sum(right[l].values()) / tested[l] for l in range(low, end) if tested[l] and 2 * tested[l] >= most}
    if not share:
        return -1, {}, []
    best = max(share, key=lambda l: (share[l], -l))
    only = lambda a, b: sum(right[a][s] == 1 and right[b][s] == 0 for s in right[a].keys() & right[b].keys())
    p = holm({l: mcnemar(only(l, best), only(best, l)) for l in share if l != best})
    return best, p, [best] + [l for l in p if p[l] > 0.05]


for label in ("topic", "few"):
    group = depth[f"by_probe/{label}"]
    right = outcomes(f"{label}/logistic")
    accuracy = report[f"probe/{label}/logistic/accuracy"][()]
    for l, r in enumerate(right):
        assert np.isclose(sum(r.values()) / len(r), accuracy[l], rtol=1e-12), "accuracy"
        assert len(r) == report[f"probe/{label}/n_test"][l]
        for m, other in enumerate(right):
            common = r.keys() & other.keys()
            assert group["n_common"][l, m] == len(common)
            assert group["n_only_here"][l, m] == sum(r[s] > other[s] for s in common)
    for s in range(len(first) - 1):
        best, p, members = sets(right, first[s], first[s + 1])
        assert group["best_layer"][s] == best, (label, s, "best")
        for l in range(first[s], first[s + 1]):
            assert group["set"][l] == (l in members)
            assert l == best or np.isclose(group["p_value"][l], p[l], rtol=1e-10)
        for q, size in enumerate(report["probe/size"][()]):
            best, p, members = sets(outcomes(f"{label}/curve_{size}"), first[s], first[s + 1])
            assert group["curve_best_layer"][q, s] == best
            for l in range(first[s], first[s + 1]):
                compared = l == best or l in p
                assert group["curve_set"][q, l] == ((l in members) if compared else -1)

# The planted layers, and what orders the networks.
planted = [first[s] + best for s, best in enumerate(NETWORKS.values())]
assert all(depth["by_probe/topic/set"][l] == 1 for l in planted), "a planted layer is not in its set"
across = depth["across"]
rule, probe = across["relative_id_rule"][()], across["relative_probe_topic"][()]
layers = depth["suggested_layer"][()]
assert np.array_equal(across["layer_id_rule"][()], np.where(layers < 0, -1, layers - np.array(first[:-1])))
assert np.allclose(probe, (depth["by_probe/topic/best_layer"][()] - first[:-1]) / 5)
known = ~np.isnan(rule)
found = depth["correlation/probe_topic"]
assert found["n_series"][()] == known.sum()


def ranks(x):
    return np.array([(x < v).sum() + 0.5 * ((x == v).sum() + 1) for v in x])


if known.sum() > 2 and np.ptp(rule[known]) > 0 and np.ptp(probe[known]) > 0:
    a, b = ranks(rule[known]), ranks(probe[known])
    rho = np.corrcoef(a, b)[0, 1]
    assert np.isclose(found["spearman"][()], rho)
    all_rho = [np.corrcoef(a, q)[0, 1] for q in permutations(b)]
    assert np.isclose(found["spearman_p"][()], np.mean([abs(r) > abs(rho) - 1e-9 for r in all_rho]))

assert (rule > 0).all() and found["n_series"][()] == 3 and found["spearman"][()] > 0.5

# The other network parts from a/ behind layer 2.
other = depth["with/target"]
assert np.allclose(other["predicts"][:6], 1 - np.diag(report["imbalance/to_network/target"][0, :6]))
chance = np.diag(report["similarity/neighbor_overlap_chance_with/target"][-1, :6])
overlap = np.diag(report["similarity/neighbor_overlap_with/target"][-1, :6])
assert np.allclose(other["overlap"][:6], (overlap - chance) / (1 - chance))
assert np.allclose(other["linear_cka"][:6], np.diag(report["similarity/linear_cka_unbiased_with/target"][:6]))
assert other["parting_layer"][0] == 3 and other["overlap_parting"][0] == 3
verdict = depth["verdict"][0].decode()
assert "The network 'target' parts from this one at layer 3: 1 - imbalance to it 0.99 at layer " in verdict, verdict
assert "Label 'topic' (probe): layer" in verdict
assert "layers 0 to 2 (3 of 6) at most for the task of 'target'" in verdict
assert (other["parting_layer"][1:] == -1).all() and np.isnan(other["predicts"][6:]).all()
