"""Small networks of spandrel's classes with random weights, and their files in every form that is met."""

import importlib.machinery
import importlib.util
import re
import sys
import types

import torch


class Absent(types.ModuleType):
    """torchvision: spandrel's transformers import it, and none of them is used."""

    __path__ = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})


for missing in [
    "torchvision",
    "torchvision.ops",
    "torchvision.ops.misc",
    "torchvision.models",
    "torchvision.transforms",
    "torchvision.transforms.functional",
]:
    sys.modules[missing] = Absent(missing)
    sys.modules[missing].__spec__ = importlib.machinery.ModuleSpec(missing, None)

from spandrel.architectures.Compact import Compact  # noqa: E402
from spandrel.architectures.ESRGAN import ESRGAN  # noqa: E402
from spandrel.architectures.SPAN import SPAN  # noqa: E402


def settle(network, inputs, seed):
    """Weights with which every layer matters and a picture comes out, with few values outside 0...1."""
    torch.manual_seed(seed)
    for name, parameter in network.named_parameters():
        if parameter.ndim == 4:
            torch.nn.init.kaiming_normal_(parameter, a=0.2)
        elif name.endswith("bias"):
            torch.nn.init.normal_(parameter, std=0.1)
        else:
            torch.nn.init.uniform_(parameter, -0.2, 0.5)
    trial = torch.rand(1, inputs, 16, 16)
    convolutions = [m for m in network.modules() if isinstance(m, torch.nn.Conv2d)]
    last = convolutions[-1]
    if isinstance(network, Compact):
        y = network(trial) - torch.nn.functional.interpolate(
            trial, scale_factor=network.upscale, mode="nearest"
        )
        last.weight *= 0.2 / y.std()
        last.bias *= 0.2 / y.std()
    else:
        y = network(trial)
        last.weight *= 0.25 / y.std()
        y = network(trial)
        last.bias += 0.5 - y.mean((0, 2, 3))
    return network.eval()


def esrgan(seed, inputs=3, outputs=3, features=8, blocks=1, scale=4, unshuffle=None, plus=False):
    """`scale` is that of the picture."""
    raw = inputs * (unshuffle or 1) ** 2
    network = ESRGAN(
        in_nc=raw,
        out_nc=outputs,
        num_filters=features,
        num_blocks=blocks,
        scale=scale * (unshuffle or 1),
        plus=plus,
        shuffle_factor=unshuffle,
    )
    if plus:
        for name, parameter in network.named_parameters():
            assert "conv1x1" not in name or parameter.shape[2:] == (1, 1)
    return settle(network, inputs, seed)


def compact(seed, inputs=3, outputs=3, features=8, convolutions=2, scale=4, activation="prelu"):
    network = Compact(
        num_in_ch=inputs,
        num_out_ch=outputs,
        num_feat=features,
        num_conv=convolutions,
        upscale=scale,
        act_type=activation,
    )
    return settle(network, inputs, seed)


def span(seed, inputs=3, features=8, scale=4, norm=True):
    """With branches as they are trained, and an `eval_conv` that has nothing to do with them."""
    torch.manual_seed(seed)
    network = SPAN(
        num_in_ch=inputs, num_out_ch=inputs, feature_channels=features, upscale=scale, norm=norm
    )
    for name, parameter in network.named_parameters():
        if name.endswith("bias"):
            torch.nn.init.normal_(parameter, std=0.1)
        else:
            # Three branches in a row and one beside them, of which the sum is to keep its size.
            torch.nn.init.kaiming_normal_(parameter, a=1 if ".conv." in name else 1.7)
    if norm:
        # Samples times 255 come in.
        for part in ("sk", "conv.0"):
            network.conv_1.get_submodule(part).weight *= 1 / 64
    trial = torch.rand(1, inputs, 16, 16)
    network.eval()
    last = network.upsampler[0]
    last.weight *= 0.25 / network(trial).std()
    last.bias += 0.5 - network(trial).mean()
    for name, parameter in network.named_parameters():
        if "eval_conv" in name:
            parameter.copy_(torch.randn_like(parameter))
    return network


def renamed(state, family):
    """A state of old names under those of another family: `new` is ESRGAN's, `newer` Real-ESRGAN's."""
    if family == "old":
        return dict(state)
    new = family == "new"
    last = max(int(name.split(".")[1]) for name in state)
    result = {}
    for name, tensor in state.items():
        kind = name.rsplit(".", 1)[1]
        block = re.fullmatch(r"model\.1\.sub\.(\d+)\.RDB(\d)\.(conv\d)\.0\.\w+", name)
        number = int(name.split(".")[1])
        if block and new:
            official = f"RRDB_trunk.{block[1]}.RDB{block[2]}.{block[3]}.{kind}"
        elif block:
            official = f"body.{block[1]}.rdb{block[2]}.{block[3]}.{kind}"
        elif name.startswith("model.1.sub."):
            official = ("trunk_conv." if new else "conv_body.") + kind
        elif number == 0:
            official = f"conv_first.{kind}"
        elif number == last:
            official = f"conv_last.{kind}"
        elif number == last - 2:
            official = ("HRconv." if new else "conv_hr.") + kind
        else:
            official = (f"upconv{number // 3}." if new else f"conv_up{number // 3}.") + kind
        result[official] = tensor
    return result
