"""Saves tiny networks of Tests/Golden/tiny with torch.save, in the forms that people's files have.

    python make_torch_files.py        # with torch, safetensors and numpy; writes Tests/Golden/torch

The numbers are those of the safetensors files, so every file must load as the same network. A second run
gives the same numbers; the keys of a legacy file's storages are addresses.
"""

import collections
import pathlib
import re

import numpy as np
import torch
from safetensors.torch import load_file

from storages import channels_last, shared

GOLDEN = pathlib.Path(__file__).resolve().parent.parent / "Golden"
BLOCK = re.compile(r"body\.(\d+)\.rdb(\d)\.conv(\d)\.(\w+)$")


def old(state):
    """The keys of ESRGAN's first code: places in a sequence."""
    blocks = 1 + max(int(m[1]) for m in map(BLOCK.match, state) if m)
    ups = sum(bool(re.match(r"conv_up\d\.weight", name)) for name in state)
    places = {"conv_first": "model.0", "conv_body": f"model.1.sub.{blocks}",
              "conv_hr": f"model.{2 + 3 * ups}", "conv_last": f"model.{4 + 3 * ups}"}
    places |= {f"conv_up{n + 1}": f"model.{3 + 3 * n}" for n in range(ups)}

    def key(name):
        if match := BLOCK.match(name):
            return f"model.1.sub.{match[1]}.RDB{match[2]}.conv{match[3]}.0.{match[4]}"
        layer, _, kind = name.rpartition(".")
        return f"{places[layer]}.{kind}"

    return collections.OrderedDict((key(name), tensor) for name, tensor in state.items())


def trunk(state):
    """The keys of its second code."""
    names = {"conv_body": "trunk_conv", "conv_up": "upconv", "conv_hr": "HRconv"}

    def key(name):
        if match := BLOCK.match(name):
            return f"RRDB_trunk.{match[1]}.RDB{match[2]}.conv{match[3]}.{match[4]}"
        for ours, theirs in names.items():
            if name.startswith(ours):
                return theirs + name.removeprefix(ours)
        return name

    return collections.OrderedDict((key(name), tensor) for name, tensor in state.items())


def with_metadata(state):
    """As a module's own state dictionary: an OrderedDict with an attribute."""
    state = collections.OrderedDict(state)
    state._metadata = collections.OrderedDict({"": {"version": 1}})
    return state


def training(state):
    """A state of training: counters, numpy's numbers and a history beside the weights."""
    return {"state_dict": state, "iter": 12, "loss": np.float64(0.5), "betas": (0.9, 0.99),
            "step": torch.tensor(5), "history": [1.0, 0.5], "name": "x"}


def parameters(state):
    return {"params": {k: torch.nn.Parameter(v) for k, v in state.items()}}


def averaged(state):
    return {"params": {k: v * 0 for k, v in state.items()}, "params_ema": state}


def prefixed(prefix):
    return lambda state: {prefix + name: tensor for name, tensor in state.items()}


def to(dtype):
    """The kernels in another type, in which they lose nothing here."""
    return lambda state: {n: t.to(dtype) if t.ndim == 4 else t for n, t in state.items()}


# Name of the network, of the form, what is done to the state, and how it is saved.
FILES = [
    ("rrdb-x2-plain", "old", [old], "zip"),
    ("rrdb-x8", "old", [old], "legacy"),
    ("rrdb-x2-plain", "trunk", [trunk], "legacy"),
    ("rrdb-x8", "averaged", [averaged], "zip"),
    ("rrdb-x2-unshuffle", "module", [prefixed("module.")], "legacy"),
    ("rrdb-x2-unshuffle", "metadata", [with_metadata], "zip"),
    ("rrdb-x1-unshuffle", "channels-last", [channels_last], "zip"),
    ("rrdb-x1-unshuffle", "double", [to(torch.float64)], "legacy"),
    ("rrdb-x4-odd", "netG", [prefixed("netG."), to(torch.bfloat16)], "zip"),
    ("srvgg-x2", "shared", [shared], "legacy"),
    ("srvgg-x2", "shared", [shared], "zip"),
    ("srvgg-x2", "training", [training], "zip"),
    ("srvgg-x2", "parameters", [parameters], "legacy"),
    ("srvgg-x2", "protocol-4", [], 4),
    ("srvgg-x3-odd", "bfloat16", [to(torch.bfloat16)], "legacy"),
]


def main():
    folder = GOLDEN / "torch"
    folder.mkdir(exist_ok=True)
    for name, form, steps, container in FILES:
        state = collections.OrderedDict(
            (k, v if v.dtype == torch.bfloat16 else v.float())
            for k, v in sorted(load_file(GOLDEN / f"tiny/{name}.safetensors").items()))
        for step in steps:
            state = step(state)
        kind = container if isinstance(container, str) else "zip"
        protocol = {} if isinstance(container, str) else {"pickle_protocol": container}
        torch.save(state, folder / f"{name}.{form}.{kind}.pth",
                   _use_new_zipfile_serialization=kind == "zip", **protocol)


main()
