#!/usr/bin/env python3
"""Makes Documentation/colour.jpg: what becomes of a CMYK and of a Display P3 picture.

  Scripts/colour-figure.py EXECUTABLE CMYK_PROFILE [OUTPUT]

Needs Pillow. The profile is one of a press, such as Ghostscript's default_cmyk.icc. The photograph is
Tests/Fixtures/cat.jpg.
"""

import io
import os
import struct
import subprocess
import sys
import zlib

from PIL import Image, ImageCms, ImageDraw

root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def upscale(executable, contents, *options):
    answer = subprocess.run(
        [executable, "image", "-", "-", "--format", "png", "--model", "realesr-animevideov3", "--scale", "2",
         *options], input=contents, capture_output=True)
    if answer.returncode != 0:
        sys.exit(answer.stderr.decode())
    return Image.open(io.BytesIO(answer.stdout)).convert("RGB")


def with_chunk(png, name, contents):
    chunk = struct.pack(">I", len(contents)) + name + contents
    return png[:33] + chunk + struct.pack(">I", zlib.crc32(name + contents)) + png[33:]


def encoded(picture, **options):
    file = io.BytesIO()
    picture.save(file, **options)
    return file.getvalue()


def main(executable, press, output=os.path.join(root, "Documentation", "colour.jpg")):
    photo = Image.open(os.path.join(root, "Tests", "Fixtures", "cat.jpg")).convert("RGB")
    side = min(photo.width, photo.height)
    photo = photo.crop((0, 0, side * 4 // 3, side)).resize((176, 132))
    srgb = ImageCms.createProfile("sRGB")
    inks = ImageCms.profileToProfile(
        photo, srgb, press, renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC, outputMode="CMYK",
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION)
    with open(press, "rb") as file:
        profile = file.read()
    tagged = encoded(inks, format="JPEG", quality=95, icc_profile=profile)
    bare = encoded(inks, format="JPEG", quality=95, icc_profile=None)
    # The photograph's numbers, taken for Display P3: more colourful than in sRGB.
    wide = with_chunk(encoded(photo, format="PNG"), b"cICP", bytes([12, 13, 0, 1]))
    plain = encoded(photo, format="PNG")
    panels = [
        ("CMYK, through its profile", upscale(executable, tagged)),
        ("CMYK, by multiplication", upscale(executable, bare)),
        ("Display P3, as it is shown", upscale(executable, wide, "--to-srgb")),
        ("Display P3, taken for sRGB", upscale(executable, plain)),
    ]
    width, height = panels[0][1].size
    sheet = Image.new("RGB", (2 * width + 8, 2 * (height + 22)), "white")
    draw = ImageDraw.Draw(sheet)
    for index, (text, panel) in enumerate(panels):
        x, y = index % 2 * (width + 8), index // 2 * (height + 22)
        draw.text((x + 2, y + 5), text, fill="black")
        sheet.paste(panel, (x, y + 20))
    sheet.save(output, quality=85, optimize=True)
    print(output, os.path.getsize(output))


if __name__ == "__main__":
    main(*sys.argv[1:])
