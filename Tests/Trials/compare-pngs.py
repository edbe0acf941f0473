#!/usr/bin/env python3
"""Compares the pixels that `upscale` reads of PNGs with those of pypng, an independent decoder.

  PYTHONPATH=PYPNG Tests/Trials/compare-pngs.py EXECUTABLE FOLDER...

Every good file is enlarged by 1 without the network, which must give back its pixels: in 8 bits for depths
up to 8, in 16 otherwise. Linear samples of 16 bits pass through another curve and back, and may be off by 3.
"""

import os
import subprocess
import sys

import png


def pixels(contents):
    """Samples as rows of numbers with their largest value; gray stays gray, palettes become colours."""
    width, height, rows, info = png.Reader(bytes=contents).asDirect()
    top = (1 << info["bitdepth"]) - 1
    return width, height, info["planes"], top, [list(row) for row in rows]


def scaled(rows, top, wanted):
    return [[(value * wanted * 2 + top) // (2 * top) for value in row] for row in rows]


def opaque(picture):
    """The same without alpha where all of it is opaque, as `upscale` leaves it out."""
    width, height, planes, top, rows = picture
    if planes in (1, 3) or any(row[i] != top for row in rows for i in range(planes - 1, len(row), planes)):
        return picture
    return width, height, planes - 1, top, [
        [value for i, value in enumerate(row) if i % planes != planes - 1] for row in rows]


def hidden(rows, planes):
    """Colours of invisible pixels do not count."""
    if planes in (1, 3):
        return rows
    return [[value if row[i - i % planes + planes - 1] else 0 for i, value in enumerate(row)]
            for row in rows]


def main(executable, *folders):
    compared = different = 0
    for folder in folders:
        for name in sorted(os.listdir(folder)):
            if name.startswith("x") or not name.endswith(".png") or name == "no-end.png":
                continue
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                contents = file.read()
            try:
                wanted = opaque(pixels(contents))
            except png.Error as error:
                print("%s: pypng cannot read it: %s" % (name, error))
                continue
            answer = subprocess.run(
                [executable, "image", path, "-", "--format", "png", "--scale", "1", "--strength", "0",
                 "--model", "realesr-animevideov3"], capture_output=True)
            if answer.returncode != 0:
                print("%s: exit code %d" % (name, answer.returncode))
                different += 1
                continue
            got = opaque(pixels(answer.stdout))
            top = 65535 if wanted[3] == 65535 else 255
            tolerance = 3 if top == 65535 and name.startswith("linear") else 0
            left = hidden(scaled(wanted[4], wanted[3], top), wanted[2])
            right = hidden(scaled(got[4], got[3], top), got[2])
            far = got[:3] != wanted[:3] or got[3] != top or any(
                abs(a - b) > tolerance for one, two in zip(left, right) for a, b in zip(one, two))
            compared += 1
            if far:
                different += 1
                print("%s: the pixels differ (%s, %s)" % (name, wanted[:4], got[:4]))
    print("pixels of %d pictures compared, %d differ" % (compared, different))
    return 1 if different or not compared else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
