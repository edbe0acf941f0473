"""Makes Tests/Golden: pictures and tensors computed by the PyTorch networks in float64.

Run it from anywhere: python Tests/Reference/make_goldens.py
"""

import pathlib

import numpy as np
import torch

import pictures
import weightfile
from bundled import BUNDLED
from networks import RRDBNet, SRVGGNetCompact, network_of

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "Tests" / "Golden"
# name: picture of scikit-image, x, y, width, height
INPUTS = {
    "chelsea-24x24": ("chelsea", 150, 100, 24, 24),
    "chelsea-61x47": ("chelsea", 120, 85, 61, 47),
    "chelsea-1x1": ("chelsea", 145, 120, 1, 1),
    "coffee-5x3": ("coffee", 280, 120, 5, 3),
    "coffee-2x7": ("coffee", 330, 170, 2, 7),
}

# name: (network, element type of its kernels, (width, height) of inputs)
TINY = {
    "rrdb-x2-unshuffle": (lambda: RRDBNet(12, 3, 8, 4, 1, 2), "F32", [(8, 6), (9, 7), (13, 6)]),
    "rrdb-x1-unshuffle": (lambda: RRDBNet(48, 3, 8, 4, 1, 2), "F32", [(8, 12), (9, 7), (11, 6)]),
    "rrdb-x2-plain": (lambda: RRDBNet(3, 3, 8, 4, 1, 1), "F32", [(7, 5)]),
    "rrdb-x8": (lambda: RRDBNet(3, 3, 8, 4, 1, 3), "F32", [(5, 7)]),
    "rrdb-x4-nf32": (lambda: RRDBNet(3, 3, 32, 16, 1, 2), "F16", [(11, 9)]),
    "rrdb-x4-odd": (lambda: RRDBNet(3, 3, 10, 5, 2, 2), "BF16", [(7, 6)]),
    "srvgg-x2": (lambda: SRVGGNetCompact(3, 3, 16, 2, 2), "F32", [(9, 7), (1, 1)]),
    "srvgg-x3-odd": (lambda: SRVGGNetCompact(3, 3, 10, 1, 3), "BF16", [(6, 5)]),
}


def model(name):
    return network_of(weightfile.read(ROOT / "weights" / f"{name}.safetensors"))


def write_pictures():
    (GOLDEN / "inputs").mkdir(parents=True, exist_ok=True)
    crops = {name: pictures.sample(*place) for name, place in INPUTS.items()}
    for name, crop in crops.items():
        pictures.write_png(GOLDEN / "inputs" / f"{name}.png", crop)
    for model_name in BUNDLED:
        network = model(model_name)
        (GOLDEN / model_name).mkdir(exist_ok=True)
        for name, crop in crops.items():
            output = network(pictures.to_tensor(crop)).numpy()
            path = GOLDEN / model_name / f"{name}.png"
            pictures.write_png(path, pictures.to_16_bits(output))
            print(path.relative_to(ROOT), f"{output.min():.4f}...{output.max():.4f}")


def write_dense_block():
    """The first dense block of x4plus, part by part, on the features of an 8x6 crop."""
    network = model("realesrgan-x4plus")
    crop = pictures.sample("chelsea", 150, 100, 8, 6)
    features = network.conv_first(pictures.to_tensor(crop))
    parts, output = network.body[0].rdb1.parts(features)
    named = {"input": features, "output": output}
    named |= {f"x{index}": part for index, part in enumerate(parts, 1)}
    tensors = {name: value[0].numpy() for name, value in named.items()}
    weightfile.write(GOLDEN / "dense-block.safetensors", tensors)


def write_tiny(seed=20260101):
    """Networks of other shapes with random weights, and what they make of random pictures."""
    (GOLDEN / "tiny").mkdir(exist_ok=True)
    for index, (name, (make, kind, sizes)) in enumerate(TINY.items()):
        torch.manual_seed(seed + index)
        generator = np.random.default_rng(seed + index)
        network = make().double().eval()
        for parameter in network.parameters():
            if parameter.ndim == 4:
                # Keeps the size of what flows through, so that every layer matters at the end.
                torch.nn.init.kaiming_normal_(parameter, a=0.2)
        for key, parameter in network.named_parameters():
            if key.endswith("bias"):
                torch.nn.init.normal_(parameter, std=0.1)
            elif parameter.ndim == 1:
                torch.nn.init.uniform_(parameter, -0.2, 0.5)
        # The last layer is set so that a picture comes out, with a few values outside 0...1.
        last = getattr(network, "conv_last", None) or network.body[-1]
        trial = torch.from_numpy(generator.random((1, 3, 16, 16)))
        if isinstance(network, RRDBNet):
            y = network(trial)
            last.weight *= 0.25 / y.std()
            y = network(trial)
            last.bias += 0.5 - y.mean((0, 2, 3))
        else:
            last.weight *= 0.2 / network.body(trial).std()
        tensors = {
            key: weightfile.rounded(value.numpy(), kind if value.ndim > 1 else "F32")
            for key, value in network.state_dict().items()
        }
        weightfile.write(GOLDEN / "tiny" / f"{name}.safetensors", tensors, kind)
        network = network_of(weightfile.read(GOLDEN / "tiny" / f"{name}.safetensors"))
        golden = {}
        for number, (width, height) in enumerate(sizes):
            picture = generator.integers(0, 256, (height, width, 3), dtype=np.uint8)
            output = network(pictures.to_tensor(picture)).numpy()
            assert output.shape == (1, 3, height * network.scale, width * network.scale)
            golden[f"input.{number}"] = picture.transpose(2, 0, 1).astype(np.float32)
            golden[f"output.{number}"] = output[0]
            print(f"tiny/{name} {width}x{height}: {output.min():.3f}...{output.max():.3f}")
        weightfile.write(GOLDEN / "tiny" / f"{name}.golden.safetensors", golden)


if __name__ == "__main__":
    torch.set_grad_enabled(False)
    torch.set_num_threads(1)  # The sums do not depend on the number of cores.
    write_pictures()
    write_dense_block()
    write_tiny()
