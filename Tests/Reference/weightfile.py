"""Reads and writes .safetensors, independently of the Swift code it is compared with."""

import json
import struct

import numpy as np


def read(path):
    """Returns {name: float64 array} of a .safetensors file."""
    with open(path, "rb") as file:
        content = file.read()
    (length,) = struct.unpack_from("<Q", content)
    header = json.loads(content[8 : 8 + length])
    header.pop("__metadata__", None)
    tensors = {}
    for name, record in header.items():
        begin, end = (8 + length + offset for offset in record["data_offsets"])
        raw = content[begin:end]
        if record["dtype"] == "BF16":
            values = (np.frombuffer(raw, "<u2").astype("<u4") << 16).view("<f4")
        else:
            values = np.frombuffer(raw, {"F32": "<f4", "F16": "<f2"}[record["dtype"]])
        tensors[name] = values.astype(np.float64).reshape(record["shape"])
    return tensors


def write(path, tensors, dtype="F32"):
    """Writes {name: array}; `dtype` is for arrays of more than one dimension, the rest is F32."""
    header, chunks, offset = {}, [], 0
    for name, values in sorted(tensors.items(), key=lambda item: (item[1].ndim > 1, item[0])):
        kind = dtype if values.ndim > 1 else "F32"
        raw = encode(values, kind)
        header[name] = {
            "dtype": kind,
            "shape": list(values.shape),
            "data_offsets": [offset, offset + len(raw)],
        }
        offset += len(raw)
        chunks.append(raw)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(chunks))


def encode(values, kind):
    """The bytes of an array; BF16 is rounded towards zero."""
    if kind == "BF16":
        return (values.astype("<f4").view("<u4") >> 16).astype("<u2").tobytes()
    return values.astype({"F32": "<f4", "F16": "<f2"}[kind]).tobytes()


def rounded(values, kind):
    """An array after a trip through the element type `kind`."""
    raw = encode(values, kind)
    if kind == "BF16":
        return (np.frombuffer(raw, "<u2").astype("<u4") << 16).view("<f4").reshape(values.shape)
    return np.frombuffer(raw, {"F32": "<f4", "F16": "<f2"}[kind]).reshape(values.shape)
