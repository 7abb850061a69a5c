# SPDX-License-Identifier: MIT
r"""Hidden representations of a PyTorch model, all layers in one HDF5 file that varve reads.

    from hook_layers import record
    record(model, batches, "activations.h5", r"embedding|blocks\.\d+", pool="last")

`batches` yields what the model takes (a tensor, or a dict of them as tokenizers give); each module whose whole name
matches the pattern becomes a dataset of one row per sample, float32, in the order of the samples:

    pool="last"   token models, (batch, tokens, features): the last token that is not padding
    pool="mean"   the mean over tokens that are not padding
    pool=None     everything, flattened

Padding is told by a mask (batch, tokens), nonzero where there is a token: "attention_mask" of the dict, or
mask=FUNCTION of the batch. Rows are written as they come, so that memory does not grow with their number; the file
appears when it is complete. labels: one for each sample, such as {"topic": topics}, become datasets under labels/.
"""
import os
import re

import h5py
import numpy as np
import torch


def _rows(output, pool, mask):
    """The output of a module as (batch, features) in float32."""
    x = output[0] if isinstance(output, (tuple, list)) else output  # blocks often return (hidden, ...)
    x = getattr(x, "last_hidden_state", x).detach()
    if pool is None:
        return x.reshape(len(x), -1).float()
    if x.ndim != 3:
        raise ValueError(f"pool={pool!r} needs outputs (batch, tokens, features), not {tuple(x.shape)}; use pool=None")
    keep = torch.ones(x.shape[:2], device=x.device) if mask is None else (mask != 0).to(x.device, torch.float32)
    if keep.shape != x.shape[:2] or (keep.sum(1) == 0).any():
        raise ValueError(f"the mask {tuple(keep.shape)} does not leave a token in each sample of {tuple(x.shape)}")
    if pool == "mean":
        return (x.float() * keep[:, :, None]).sum(1) / keep.sum(1, keepdim=True)
    if pool == "last":
        last = (keep * torch.arange(1, x.shape[1] + 1, device=x.device)).argmax(1)
        return x[torch.arange(len(x), device=x.device), last].float()
    raise ValueError(f"pool is 'last', 'mean' or None, not {pool!r}")


class _Writer:
    """Datasets that grow by the rows of each batch."""

    def __init__(self, file):
        self.file, self.n = file, {}

    def append(self, name, rows):
        values = rows.cpu().numpy()
        if name not in self.file:
            chunk = max(1, min(1024, (1 << 20) // (4 * max(1, values.shape[1]))))
            self.file.create_dataset(name, shape=(0, values.shape[1]), maxshape=(None, values.shape[1]), dtype="f4",
                                     chunks=(chunk, values.shape[1]))
        data, begin = self.file[name], self.n.get(name, 0)
        self.n[name] = begin + len(values)
        data.resize(self.n[name], axis=0)
        data[begin:] = values


def record(model, batches, path, layers, pool="last", mask=None, labels=None):
    """Runs the model on all batches and writes its layers; returns their names in the order of the model."""
    names = [name for name, _ in model.named_modules() if name and re.fullmatch(layers, name)]
    if not names:
        there = ", ".join(name for name, _ in model.named_modules() if name)
        raise ValueError(f"no module matches {layers!r}; there are: {there}")
    seen, caught = {}, {}

    def hook(name):
        def keep(module, inputs, output):
            if name in caught:
                raise ValueError(f"module {name!r} runs more than once for a batch; its outputs would be mixed up")
            caught[name] = _rows(output, pool, seen["mask"])
        return keep

    partial, training = f"{path}.partial", model.training
    modules = dict(model.named_modules())
    hooks = [modules[name].register_forward_hook(hook(name)) for name in names]
    try:
        model.eval()  # no dropout
        with h5py.File(partial, "w") as file, torch.no_grad():
            writer = _Writer(file)
            for batch in batches:
                known = isinstance(batch, dict)
                seen["mask"] = mask(batch) if mask else batch.get("attention_mask") if known else None
                caught.clear()
                if known:
                    model(**batch)
                else:
                    model(batch)
                missing = [name for name in names if name not in caught]
                if missing:
                    raise ValueError(f"modules that did not run: {', '.join(missing)}")
                for name in names:
                    writer.append(name.replace(".", "/"), caught[name])
            n = writer.n.get(names[0].replace(".", "/"), 0)
            for key, values in (labels or {}).items():
                values = np.asarray(values)
                if len(values) != n:
                    raise ValueError(f"{len(values)} labels {key!r} for {n} samples")
                file[f"labels/{key}"] = values.astype(h5py.string_dtype()) if values.dtype.kind == "U" else values
        os.replace(partial, path)
    finally:
        for h in hooks:
            h.remove()
        model.train(training)
        if os.path.exists(partial):
            os.remove(partial)
    return names
