#!/usr/bin/env python3
"""Writes small PNGs of every kind to a directory, with nothing but the standard library.

Good ones have names that do not begin with x: every colour type, depth, interlacing and filter,
with and without transparency. Broken ones have names that begin with x, as in PngSuite.
"""

import itertools
import os
import random
import struct
import sys
import zlib

from png import ADAM7, SIGNATURE, WHOLE, chunk, header

CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}


def paeth(left, up, corner):
    estimate = left + up - corner
    distances = (abs(estimate - left), abs(estimate - up), abs(estimate - corner))
    return (left, up, corner)[distances.index(min(distances))]


def filtered(rows, size, kind):
    """The rows with their filter bytes; kind 5 takes each filter in turn."""
    data = bytearray()
    previous = bytes(len(rows[0])) if rows else b""
    for number, row in enumerate(rows):
        method = number % 5 if kind == 5 else kind
        data.append(method)
        for i, value in enumerate(row):
            left = row[i - size] if i >= size else 0
            up = previous[i]
            corner = previous[i - size] if i >= size else 0
            guess = (0, left, up, (left + up) // 2, paeth(left, up, corner))[method]
            data.append((value - guess) & 255)
        previous = row
    return bytes(data)


def packed(samples, depth):
    if depth == 16:
        return struct.pack(">%dH" % len(samples), *samples)
    data = bytearray()
    for start in range(0, len(samples), 8 // depth):
        part = samples[start:start + 8 // depth]
        part = part + [0] * (8 // depth - len(part))
        byte = 0
        for sample in part:
            byte = byte << depth | sample
        data.append(byte)
    return bytes(data)


def pixels(width, height, depth, colour, interlace, kind, seed):
    generator = random.Random(seed)
    channels = CHANNELS[colour]
    grid = [[[generator.randrange(1 << depth) for _ in range(channels)] for _ in range(width)]
            for _ in range(height)]
    size = max(channels * depth // 8, 1)
    data = b""
    for left, top, right, down in ADAM7 if interlace else WHOLE:
        rows = [packed([s for x in range(left, width, right) for s in grid[y][x]], depth)
                for y in range(top, height, down)]
        rows = [row for row in rows if row]
        data += filtered(rows, size, kind)
    return data


def picture(width, height, depth, colour, interlace=0, kind=5, before=b"", seed=1):
    palette = b""
    if colour == 3:
        palette = chunk(b"PLTE", bytes(i * 37 & 255 for i in range(3 << depth)))
    data = zlib.compress(pixels(width, height, depth, colour, interlace, kind, seed))
    third = len(data) // 3 + 1
    parts = b"".join(chunk(b"IDAT", data[i:i + third]) for i in range(0, len(data), third))
    return (SIGNATURE + header(width, height, depth, colour, interlace) + palette + before + parts
            + chunk(b"IEND"))


def good():
    for colour, depths in DEPTHS.items():
        for depth, interlace, kind in itertools.product(depths, (0, 1), range(6)):
            name = "c%d-d%02d-i%d-f%d" % (colour, depth, interlace, kind)
            yield name, picture(13, 11, depth, colour, interlace, kind)
    for colour, depth in ((0, 1), (0, 2), (0, 4), (0, 8), (0, 16)):
        yield "t%d-d%02d" % (colour, depth), picture(
            9, 9, depth, colour, before=chunk(b"tRNS", struct.pack(">H", 1)))
    for depth in (8, 16):
        yield "t2-d%02d" % depth, picture(
            9, 9, depth, 2, before=chunk(b"tRNS", struct.pack(">HHH", 1, 2, 3)))
    for depth in (1, 2, 4, 8):
        yield "t3-d%02d" % depth, picture(9, 9, depth, 3, before=chunk(b"tRNS", b"\0\x80"))
    for width, height in itertools.product((1, 2, 3, 4, 5, 7, 8, 9, 33), repeat=2):
        yield "s%02dx%02d" % (width, height), picture(width, height, 2, 0, interlace=1)
    for name in (b"gAMA", b"tEXt", b"zTXt", b"pHYs", b"tIME", b"prVt"):
        yield "chunk-" + name.decode(), picture(4, 4, 8, 2, before=chunk(name, b"\0\0\xb1\x8f"))
    # Colours: gamma of displays and of light, chromaticities, an intent, code points.
    chunks = {
        "gama22": chunk(b"gAMA", struct.pack(">I", 45455)),
        "linear": chunk(b"gAMA", struct.pack(">I", 100000)),
        "p3": chunk(b"cHRM", struct.pack(">8I", 31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000)),
        "srgb": chunk(b"sRGB", b"\1"),
        "cicp": chunk(b"cICP", b"\x0c\x0d\0\1"),
    }
    for (name, before), (colour, depths) in itertools.product(chunks.items(), DEPTHS.items()):
        for depth, interlace in itertools.product(depths, (0, 1)):
            yield "%s-c%d-d%02d-i%d" % (name, colour, depth, interlace), picture(
                13, 11, depth, colour, interlace, before=before if colour != 3 else b"")
    # Every pixel is there, so it is read, with a warning.
    yield "no-end", picture(16, 16, 8, 2)[:-12]


def bad():
    whole = picture(16, 16, 8, 2)
    data = zlib.compress(pixels(16, 16, 8, 2, 0, 5, 1))
    end = chunk(b"IEND")
    start = SIGNATURE + header(16, 16, 8, 2)
    yield "empty", b""
    yield "signature-only", SIGNATURE
    yield "signature-newline", whole.replace(b"\r\n", b"\n", 1)
    yield "signature-bit", bytes([0x09]) + whole[1:]
    yield "no-pixels", start + end
    yield "no-palette", SIGNATURE + header(16, 16, 8, 3) + chunk(b"IDAT", data) + end
    yield "header-checksum", SIGNATURE + chunk(
        b"IHDR", struct.pack(">IIBBBBB", 16, 16, 8, 2, 0, 0, 0), checksum=1) + whole[33:]
    yield "pixels-checksum", start + chunk(b"IDAT", data, checksum=1) + end
    yield "pixels-cut", start + chunk(b"IDAT", data[:len(data) // 2]) + end
    yield "pixels-zlib", start + chunk(b"IDAT", b"\x00" + data[1:]) + end
    yield "pixels-short", start + chunk(b"IDAT", zlib.compress(b"\0" * 49)) + end
    yield "filter-9", start + chunk(b"IDAT", zlib.compress(b"\x09" * 784)) + end
    yield "critical-chunk", start + chunk(b"ABCD") + chunk(b"IDAT", data) + end
    for depth, colour in ((3, 0), (0, 0), (32, 0), (4, 2), (16, 3), (8, 1), (8, 5), (8, 7), (2, 6)):
        yield "header-d%d-c%d" % (depth, colour), (
            SIGNATURE + header(16, 16, depth, colour) + chunk(b"IDAT", data) + end)
    for name, fields in (("compression", (0, 1, 0)), ("filter", (0, 0, 1)), ("interlace", (2, 0, 0))):
        yield "header-" + name, SIGNATURE + header(16, 16, 8, 2, *fields) + whole[33:]
    for width, height in ((0, 1), (1, 0), (0x7FFFFFFF, 0x7FFFFFFF), (0xFFFFFFFF, 1), (1, 1 << 31)):
        yield "size-%x-%x" % (width, height), (
            SIGNATURE + header(width, height, 8, 2) + chunk(b"IDAT", data) + end)
    for name in (b"tEXt", b"zTXt", b"iTXt", b"sPLT", b"pCAL", b"sCAL", b"eXIf", b"iCCP", b"IDAT"):
        yield "huge-" + name.decode(), start + chunk(name, b"A" * 8, length=0x40000000)
    for sixteenth in range(1, 16):
        yield "cut-%02d" % sixteenth, whole[:len(whole) * sixteenth // 16]


def main():
    directory = sys.argv[1]
    os.makedirs(directory, exist_ok=True)
    for prefix, pictures in (("", good()), ("x", bad())):
        for name, contents in pictures:
            with open(os.path.join(directory, prefix + name + ".png"), "wb") as file:
                file.write(contents)


if __name__ == "__main__":
    main()
