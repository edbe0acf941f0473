#!/usr/bin/env python3
"""Makes the pictures of Documentation that show what is kept: colour.jpg and cut-out.jpg.

  Scripts/figures.py EXECUTABLE CMYK_PROFILE

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
        [executable, "image", "-", "-", "--format", "png", "--model", "realesr-animevideov3",
         *(options if "--scale" in options else ("--scale", "2", *options))], input=contents, capture_output=True)
    if answer.returncode != 0:
        sys.exit(answer.stderr.decode())
    return Image.open(io.BytesIO(answer.stdout))


def with_chunk(png, name, contents):
    chunk = struct.pack(">I", len(contents)) + name + contents
    return png[:33] + chunk + struct.pack(">I", zlib.crc32(name + contents)) + png[33:]


def encoded(picture, **options):
    file = io.BytesIO()
    picture.save(file, **options)
    return file.getvalue()


def photograph(width, height):
    photo = Image.open(os.path.join(root, "Tests", "Fixtures", "cat.jpg")).convert("RGB")
    side = min(photo.width, photo.height)
    return photo.crop((0, 0, side * 4 // 3, side)).resize((width, height))


def save_sheet(panels, name):
    """Panels with their titles, two in a row."""
    width, height = panels[0][1].size
    sheet = Image.new("RGB", (2 * width + 8, (len(panels) + 1) // 2 * (height + 22)), "white")
    draw = ImageDraw.Draw(sheet)
    for index, (text, panel) in enumerate(panels):
        x, y = index % 2 * (width + 8), index // 2 * (height + 22)
        draw.text((x + 2, y + 5), text, fill="black")
        sheet.paste(panel, (x, y + 20))
    path = os.path.join(root, "Documentation", name)
    sheet.save(path, quality=85, optimize=True)
    print(path, os.path.getsize(path))


def colours(executable, press):
    photo = photograph(176, 132)
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
    save_sheet([
        ("CMYK, through its profile", upscale(executable, tagged).convert("RGB")),
        ("CMYK, by multiplication", upscale(executable, bare).convert("RGB")),
        ("Display P3, as it is shown", upscale(executable, wide, "--to-srgb").convert("RGB")),
        ("Display P3, taken for sRGB", upscale(executable, plain).convert("RGB")),
    ], "colour.jpg")


def on_white(picture):
    paper = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(paper, picture).convert("RGB")


def cut_out(executable):
    """A cut-out whose invisible pixels are black, and a photograph that is stored turned."""
    large = photograph(704, 528)
    mask = Image.new("L", large.size, 0)
    ImageDraw.Draw(mask).ellipse((150, 30, 560, 500), fill=255)
    photo, mask = large.resize((88, 66)), mask.resize((88, 66), Image.Resampling.BOX)
    visible = mask.point(lambda alpha: 255 if alpha else 0)
    stored = Image.composite(photo, Image.new("RGB", photo.size, "black"), visible)
    stored.putalpha(mask)
    file = encoded(stored, format="PNG")
    kept = upscale(executable, file, "--scale", "4")
    # As many tools do it: the colours as they are stored, and alpha enlarged on its own.
    naive = upscale(executable, file, "--scale", "4", "--alpha", "drop").convert("RGB")
    naive.putalpha(mask.resize(naive.size, Image.Resampling.BICUBIC))

    turned = photo.transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6
    upright = upscale(executable, encoded(turned, format="JPEG", quality=95, exif=exif), "--scale", "4")
    sideways = upscale(executable, encoded(turned, format="JPEG", quality=95), "--scale", "4")
    panel = Image.new("RGB", upright.size, "white")
    sideways.thumbnail(upright.size)
    panel.paste(sideways, ((panel.width - sideways.width) // 2, 0))
    save_sheet([
        ("A cut-out on white: colours spread before the network", on_white(kept)),
        ("The same, colours as stored, alpha resampled", on_white(naive)),
        ("Stored turned, set upright", upright.convert("RGB")),
        ("The same, EXIF ignored", panel),
    ], "cut-out.jpg")


if __name__ == "__main__":
    colours(*sys.argv[1:])
    cut_out(sys.argv[1])
