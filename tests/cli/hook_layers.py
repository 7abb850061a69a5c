# SPDX-License-Identifier: MIT
"""hook_layers.py FOLDER: records a small model with jobs/python/hook_layers.py (in FOLDER) and compares every number
with the layers run by hand, sample by sample and without padding."""
import sys

import h5py
import numpy as np
import torch

sys.path.insert(0, sys.argv[1])
from hook_layers import record  # noqa: E402

torch.manual_seed(3)
n, tokens, width = 53, 7, 10


class Block(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.mix, self.drop = torch.nn.Linear(width, width), torch.nn.Dropout(0.5)

    def forward(self, x, mask):
        mean = (x * mask[:, :, None]).cumsum(1) / mask.cumsum(1).clamp(min=1)[:, :, None]  # of the tokens so far
        return x + self.drop(torch.tanh(self.mix(mean))), mean


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = torch.nn.Embedding(20, width)
        self.blocks = torch.nn.ModuleList(Block() for _ in range(11))

    def forward(self, ids, attention_mask=None):
        mask = torch.ones(ids.shape) if attention_mask is None else attention_mask.float()
        x = self.embedding(ids)
        for block in self.blocks:
            x, _ = block(x, mask)
        return x


model = Model().train()
ids = torch.randint(0, 20, (n, tokens))
length = torch.randint(1, tokens + 1, (n,))
mask = (torch.arange(tokens) < length[:, None]).long()
before = {name: p.clone() for name, p in model.state_dict().items()}


def batches(*sizes):
    begin = 0
    for size in sizes:
        yield {"ids": ids[begin : begin + size], "attention_mask": mask[begin : begin + size]}
        begin += size


def by_hand(pool):
    layers = [[] for _ in range(12)]
    with torch.no_grad():
        for i in range(n):
            x = model.embedding(ids[i : i + 1, : length[i]])
            one = torch.ones(x.shape[:2])
            for l in range(12):
                if l > 0:
                    mean = x.cumsum(1) / one.cumsum(1)[:, :, None]
                    x = x + torch.tanh(model.blocks[l - 1].mix(mean))  # without dropout
                layers[l].append((x[0, -1] if pool == "last" else x[0].mean(0)).numpy())
    return [np.stack(layer) for layer in layers]


kinds = np.array(["cat", "d\u00f6g"])[ids[:, 0] % 2]
for pool in "last", "mean":
    for sizes in (n,), (20, 1, 32):
        names = record(model, batches(*sizes), f"{pool}.h5", r"embedding|blocks\.\d+", pool,
                       labels={"kind": kinds, "first": ids[:, 0].numpy()})
        assert names == ["embedding", *(f"blocks.{i}" for i in range(11))], names
        with h5py.File(f"{pool}.h5") as file:
            for name, expected in zip(names, by_hand(pool)):
                data = file[name.replace(".", "/")]
                assert data.dtype == np.float32 and data.shape == (n, width), (name, data)
                assert np.allclose(data[()], expected, rtol=1e-5, atol=1e-6), (pool, name)
            assert (file["labels/kind"].asstr()[()] == kinds).all()
assert model.training and all(torch.equal(p, before[name]) for name, p in model.state_dict().items())
assert not any(m._forward_hooks for m in model.modules())

# Everything flattened, a tensor as batch, a model of half precision.
half = torch.nn.Sequential(torch.nn.Linear(4, 6), torch.nn.Unflatten(1, (2, 3))).to(torch.bfloat16)
x = torch.randn(9, 4, dtype=torch.bfloat16)
record(half, [x[:5], x[5:]], "flat.h5", "0|1", pool=None)
with h5py.File("flat.h5") as file:
    assert np.array_equal(file["1"][()], half(x).detach().reshape(9, 6).float().numpy())


def refused(part, *args, **options):
    try:
        record(*args, **options)
    except ValueError as error:
        assert part in str(error), error
        assert not any(m._forward_hooks for m in args[0].modules())
        return
    raise AssertionError(part)


shared = torch.nn.Linear(4, 4)
refused("no module matches", model, batches(n), "x.h5", "layers")
refused("needs outputs (batch, tokens, features)", torch.nn.Sequential(shared), [torch.zeros(3, 4)], "x.h5", "0")
refused("runs more than once", torch.nn.Sequential(shared, shared), [torch.zeros(3, 4)], "x.h5", "0", pool=None)
refused("52 labels", model, batches(n), "x.h5", "embedding", labels={"kind": kinds[1:]})
refused("does not leave a token", model, batches(n), "x.h5", "embedding", mask=lambda b: b["attention_mask"] * 0)
refused("pool is", model, batches(n), "x.h5", "embedding", pool="first")
try:
    open("x.h5.partial").close()
    raise AssertionError("an unfinished file is left")
except FileNotFoundError:
    pass
