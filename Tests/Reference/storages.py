"""Ways in which the tensors of a state dictionary can lie in memory."""

import collections

import torch


def channels_last(state):
    return {
        name: t.contiguous(memory_format=torch.channels_last) if t.ndim == 4 else t
        for name, t in state.items()
    }


def shared(state):
    """All tensors as views of one storage, each behind three numbers that belong to none."""
    dtype = next(iter(state.values())).dtype
    whole = torch.zeros(sum(t.numel() + 3 for t in state.values()), dtype=dtype)
    place, result = 0, collections.OrderedDict()
    for name, tensor in state.items():
        place += 3
        whole[place : place + tensor.numel()] = tensor.flatten()
        result[name] = whole[place : place + tensor.numel()].view(tensor.shape)
        place += tensor.numel()
    return result
