"""The networks, written in PyTorch from their published description.

Modules have the parameter names of the official code, so its state dictionaries load directly.
"""

import math
import re

import torch
from torch import nn
from torch.nn import functional as F


def conv(inputs, outputs):
    return nn.Conv2d(inputs, outputs, 3, padding=1)


def leaky(x):
    return F.leaky_relu(x, 0.2)


class DenseBlock(nn.Module):
    def __init__(self, features, growth):
        super().__init__()
        for index in range(1, 6):
            inputs = features + (index - 1) * growth
            setattr(self, f"conv{index}", conv(inputs, growth if index < 5 else features))

    def parts(self, x):
        """The four intermediate results and the block's own."""
        parts = [x]
        for index in range(1, 5):
            parts.append(leaky(getattr(self, f"conv{index}")(torch.cat(parts, 1))))
        return parts[1:], self.conv5(torch.cat(parts, 1)) * 0.2 + x

    def forward(self, x):
        return self.parts(x)[1]


class ResidualBlock(nn.Module):
    def __init__(self, features, growth):
        super().__init__()
        for index in (1, 2, 3):
            setattr(self, f"rdb{index}", DenseBlock(features, growth))

    def forward(self, x):
        return self.rdb3(self.rdb2(self.rdb1(x))) * 0.2 + x


class RRDBNet(nn.Module):
    """Takes and gives (1, channels, height, width) in 0...1, not clamped."""

    def __init__(self, inputs=3, outputs=3, features=64, growth=32, blocks=23, ups=2):
        super().__init__()
        self.unshuffle = {4: 2, 16: 4}.get(inputs // outputs, 1)
        self.ups = ups
        self.scale = 2**ups // self.unshuffle
        self.conv_first = conv(inputs, features)
        self.body = nn.Sequential(*[ResidualBlock(features, growth) for _ in range(blocks)])
        self.conv_body = conv(features, features)
        for stage in range(1, ups + 1):
            setattr(self, f"conv_up{stage}", conv(features, features))
        self.conv_hr = conv(features, features)
        self.conv_last = conv(features, outputs)

    def forward(self, x):
        height, width = x.shape[-2:]
        if self.unshuffle > 1:
            # As the official inference code: reflected at the right and at the bottom, then cropped.
            x = F.pad(x, (0, -width % self.unshuffle, 0, -height % self.unshuffle), "reflect")
            x = F.pixel_unshuffle(x, self.unshuffle)
        f = self.conv_first(x)
        f = f + self.conv_body(self.body(f))
        for stage in range(1, self.ups + 1):
            f = F.interpolate(f, scale_factor=2, mode="nearest")
            f = leaky(getattr(self, f"conv_up{stage}")(f))
        y = self.conv_last(leaky(self.conv_hr(f)))
        if self.unshuffle == 1:
            return y
        return y[..., : height * self.scale, : width * self.scale]


class SRVGGNetCompact(nn.Module):
    """Takes and gives (1, channels, height, width) in 0...1, not clamped."""

    def __init__(self, inputs=3, outputs=3, features=64, convolutions=16, scale=4):
        super().__init__()
        self.scale = scale
        layers = [conv(inputs, features), nn.PReLU(features)]
        for _ in range(convolutions):
            layers += [conv(features, features), nn.PReLU(features)]
        layers.append(conv(features, outputs * scale * scale))
        self.body = nn.Sequential(*layers)

    def forward(self, x):
        nearest = F.interpolate(x, scale_factor=self.scale, mode="nearest")
        return F.pixel_shuffle(self.body(x), self.scale) + nearest


class AttentionBlock(nn.Module):
    def __init__(self, features):
        super().__init__()
        for index in (1, 2, 3):
            setattr(self, f"c{index}_r", conv(features, features))

    def forward(self, x):
        """The block's result, and what its first convolution has made."""
        inner = F.silu(self.c1_r(x))
        last = self.c3_r(F.silu(self.c2_r(inner)))
        return (last + x) * (torch.sigmoid(last) - 0.5), inner


class SPAN(nn.Module):
    """Its branches folded; takes and gives (1, 3, height, width) in 0...1, not clamped."""

    def __init__(self, features=48, scale=4, mean=(0.4488, 0.4371, 0.4040), factor=255.0):
        super().__init__()
        self.scale, self.factor = scale, factor
        self.mean = torch.tensor(mean, dtype=torch.float64).view(1, 3, 1, 1)
        self.conv_1 = conv(3, features)
        for block in range(1, 7):
            setattr(self, f"block_{block}", AttentionBlock(features))
        self.conv_2 = conv(features, features)
        self.conv_cat = nn.Conv2d(4 * features, features, 1)
        self.upsampler = nn.Sequential(conv(features, 3 * scale * scale))

    def forward(self, x):
        first = value = self.conv_1((x - self.mean) * self.factor)
        for block in range(1, 7):
            value, inner = getattr(self, f"block_{block}")(value)
            if block == 1:
                first_block = value
        parts = [first, self.conv_2(value), first_block, inner]
        return F.pixel_shuffle(self.upsampler(self.conv_cat(torch.cat(parts, 1))), self.scale)


def network_of(tensors):
    """The network that {name: array} belongs to, in float64."""
    shapes = {name: tuple(values.shape) for name, values in tensors.items()}
    if "conv_1.weight" in shapes:
        network = SPAN(
            features=shapes["conv_1.weight"][0],
            scale=math.isqrt(shapes["upsampler.0.weight"][0] // 3),
        )
    elif "conv_first.weight" in shapes:
        features, inputs = shapes["conv_first.weight"][:2]
        blocks = 1 + max(int(m[1]) for m in (re.match(r"body\.(\d+)\.", k) for k in shapes) if m)
        network = RRDBNet(
            inputs=inputs,
            outputs=shapes["conv_last.weight"][0],
            features=features,
            growth=shapes["body.0.rdb1.conv1.weight"][0],
            blocks=blocks,
            ups=sum(1 for key in shapes if re.fullmatch(r"conv_up\d\.weight", key)),
        )
    else:
        last = max(int(key.split(".")[1]) for key in shapes)
        features, inputs = shapes["body.0.weight"][:2]
        scale = math.isqrt(shapes[f"body.{last}.weight"][0] // inputs)
        network = SRVGGNetCompact(inputs, inputs, features, (last - 2) // 2, scale)
    network = network.double()
    network.load_state_dict({k: torch.from_numpy(v.copy()).double() for k, v in tensors.items()})
    return network.eval()
