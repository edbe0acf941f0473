"""Compares an output of `upscale image --depth 16` with the float64 network.

python compare.py INPUT.png MODEL OUTPUT.png     MODEL is a bundled name or a .safetensors file
"""

import argparse
import json
import pathlib

import numpy as np
import torch

import pictures
import weightfile
from networks import network_of

ROOT = pathlib.Path(__file__).resolve().parents[2]

# What "exact" means; see DESIGN or the README.
LEAST_PSNR = 100.0
MOST_DIFFERING = 0.001
LARGEST_DIFFERENCE = 1


def load(model):
    """The network of a bundled model or of a file, in float64."""
    path = pathlib.Path(model)
    if not path.is_file():
        path = ROOT / "weights" / f"{model}.safetensors"
    return network_of(weightfile.read(path))


def reference(network, picture):
    """What the network makes of (height, width, 3) integers, as uint16.

    One thread: on a busy machine PyTorch's threads wait for each other many times longer than they
    compute, and the result does not depend on the number of cores.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.inference_mode():
            return pictures.to_16_bits(network(pictures.to_tensor(picture)).numpy())
    finally:
        torch.set_num_threads(threads)


def psnr(actual, expected):
    """In dB, of two uint16 pictures; infinite if they are equal."""
    error = np.mean((actual.astype(np.float64) - expected) ** 2)
    return float("inf") if error == 0 else 10 * np.log10(65535**2 / error)


def compare(actual, expected):
    """Statistics of two uint16 pictures of the same size, and whether they count as equal."""
    if actual.shape != expected.shape or actual.dtype != np.uint16:
        raise SystemExit(f"the output is {actual.shape} {actual.dtype}, not {expected.shape} uint16")
    bytes_of = lambda picture: (picture.astype(np.int64) + 128) // 257
    difference = np.abs(bytes_of(actual) - bytes_of(expected))
    result = {
        "psnr": psnr(actual, expected),
        "differing": float(np.mean(difference > 0)),
        "largest": int(difference.max()),
        "largest16": int(np.abs(actual.astype(np.int64) - expected).max()),
    }
    result["exact"] = (
        result["psnr"] >= LEAST_PSNR
        and result["differing"] <= MOST_DIFFERING
        and result["largest"] <= LARGEST_DIFFERENCE
    )
    return result


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("input")
    parser.add_argument("model")
    parser.add_argument("output")
    arguments = parser.parse_args()
    expected = reference(load(arguments.model), pictures.read_png(arguments.input))
    result = compare(pictures.read_png(arguments.output), expected)
    print(json.dumps(result))
    raise SystemExit(0 if result["exact"] else 1)
