"""PNG with 8 or 16 bits a sample (Pillow cannot keep 16-bit RGB), and samples of pictures."""

import pathlib
import struct
import sys
import zlib

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Trials"))
import png  # noqa: E402


def write_png(path, picture):
    """Writes (height, width, channels) of uint8 or uint16: gray, colour, or colour and alpha."""
    height, width, channels = picture.shape
    kind_of_picture = {1: 0, 3: 2, 4: 6}[channels]
    bits = picture.dtype.itemsize * 8
    pixel = channels * picture.dtype.itemsize
    rows = picture.astype(picture.dtype.newbyteorder(">")).reshape(height, -1).view(np.uint8)
    above, lines = np.zeros_like(rows[0]), []
    for row in rows:
        left = np.concatenate([np.zeros(pixel, np.uint8), row[:-pixel]])
        choices = [row, row - left, row - above]
        best = min(range(3), key=lambda i: np.abs(choices[i].view(np.int8).astype(int)).sum())
        lines.append(bytes([best]) + choices[best].tobytes())
        above = row

    data = zlib.compress(b"".join(lines), 9)
    with open(path, "wb") as file:
        file.write(png.SIGNATURE + png.header(width, height, bits, kind_of_picture)
                   + png.chunk(b"IDAT", data) + png.chunk(b"IEND"))


def read_png(path):
    """Reads a non-interlaced PNG as (height, width, channels) of uint8 or uint16."""
    with open(path, "rb") as file:
        content = file.read()
    data, header = b"", None
    for kind, body in png.chunks(content):
        if kind == b"IHDR":
            header = struct.unpack(">IIBBBBB", body)
        if kind == b"IDAT":
            data += body
    width, height, bits, colour, _, _, interlace = header
    if colour not in (0, 2, 6) or interlace or bits not in (8, 16):
        raise ValueError(f"{path}: not a plain PNG of 8 or 16 bits (IHDR {header})")
    channels = {0: 1, 2: 3, 6: 4}[colour]
    pixel = channels * bits // 8
    stride = width * pixel
    raw, rows, above = zlib.decompress(data), [], bytearray(stride)
    for y in range(height):
        kind = raw[y * (stride + 1)]
        row = bytearray(raw[y * (stride + 1) + 1 : (y + 1) * (stride + 1)])
        for x in range(stride if kind else 0):
            a = row[x - pixel] if x >= pixel else 0
            b, c = above[x], above[x - pixel] if x >= pixel else 0
            if kind == 4:
                distances = [abs(b - c), abs(a - c), abs(a + b - 2 * c)]
                guess = (a, b, c)[distances.index(min(distances))]
            else:
                guess = (0, a, b, (a + b) // 2)[kind]
            row[x] = (row[x] + guess) & 255
        rows.append(bytes(row))
        above = row
    values = np.frombuffer(b"".join(rows), ">u2" if bits == 16 else "u1")
    return values.reshape(height, width, channels).astype(np.uint16 if bits == 16 else np.uint8)


def sample(name, x, y, width, height):
    """A crop of one of scikit-image's pictures."""
    import skimage.data

    return np.ascontiguousarray(getattr(skimage.data, name)()[y : y + height, x : x + width, :3])


def to_tensor(picture):
    """(height, width, 3) of integers to a (1, 3, height, width) tensor of float64 in 0...1."""
    import torch

    full = np.iinfo(picture.dtype).max
    return torch.from_numpy(picture.transpose(2, 0, 1)[None].astype(np.float64) / full)


def to_16_bits(values):
    """(1, 3, height, width) in 0...1 to (height, width, 3) of uint16, rounded to nearest."""
    clamped = np.clip(np.asarray(values, np.float64)[0].transpose(1, 2, 0), 0, 1)
    return np.floor(clamped * 65535 + 0.5).astype(np.uint16)
