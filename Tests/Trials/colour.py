#!/usr/bin/env python3
"""Checks what `upscale` makes of colours against Pillow, its Little CMS, and formulas.

  Tests/Trials/colour.py EXECUTABLE [CMYK_PROFILE]

Needs Pillow and NumPy. CMYK_PROFILE is one of a press, such as Ghostscript's default_cmyk.icc; without it the
checks of CMYK with a profile are left out. Pictures are enlarged by 1 without the network, so that pixels can
be compared; what a colour-managed program shows is asked of Little CMS through Pillow.
"""

import io
import os
import random
import struct
import subprocess
import sys
import zlib

import numpy
from PIL import Image, ImageCms

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SRGB = ImageCms.createProfile("sRGB")
RELATIVE = ImageCms.Intent.RELATIVE_COLORIMETRIC
COMPENSATION = ImageCms.Flags.BLACKPOINTCOMPENSATION
failures = []


def check(name, error, allowed):
    print("%-50s %.3f of %.3f" % (name, error, allowed))
    if not error <= allowed:
        failures.append(name)


def upscale(contents, *options, code=0):
    answer = subprocess.run(
        [sys.argv[1], "image", "-", "-", "--model", "realesr-animevideov3", "--scale", "1", "--strength",
         "0", *options], input=contents, capture_output=True)
    if answer.returncode != code:
        failures.append("exit code %d: %s" % (answer.returncode, answer.stderr.decode()))
    return answer.stdout


def encoded(picture, **options):
    file = io.BytesIO()
    picture.save(file, **options)
    return file.getvalue()


def shown(contents):
    picture = Image.open(io.BytesIO(contents))
    profile = picture.info.get("icc_profile")
    if profile:
        picture = ImageCms.profileToProfile(
            picture, ImageCms.ImageCmsProfile(io.BytesIO(profile)), SRGB, renderingIntent=RELATIVE,
            flags=COMPENSATION, outputMode="RGB")
    return numpy.asarray(picture.convert("RGB"), float)


def with_chunk(png, name, contents):
    chunk = struct.pack(">I", len(contents)) + name + contents
    return png[:33] + chunk + struct.pack(">I", zlib.crc32(name + contents)) + png[33:]


def without_marker(jpeg):
    kept, offset = jpeg[:2], 2
    while jpeg[offset + 1] != 0xDA:
        length = struct.unpack(">H", jpeg[offset + 2:offset + 4])[0]
        if jpeg[offset + 1] != 0xEE:
            kept += jpeg[offset:offset + 2 + length]
        offset += 2 + length
    return kept + jpeg[offset:]


def light(samples):
    return numpy.where(samples <= 0.04045, samples / 12.92, ((samples + 0.055) / 1.055) ** 2.4)


def samples(light_values):
    values = numpy.clip(light_values, 0, 1)
    return 255 * numpy.where(
        values <= 0.0031308, 12.92 * values, 1.055 * numpy.maximum(values, 1e-9) ** (1 / 2.4) - 0.055)


def chunks(photo):
    numbers = numpy.asarray(photo, float) / 255
    png = encoded(photo, format="PNG")
    p3 = numpy.array([[1.2249, -0.2247, 0], [-0.0420, 1.0419, 0], [-0.0197, -0.0786, 1.0979]])
    for name, chunk, wanted in [
        ("Display P3", (b"cICP", bytes([12, 13, 0, 1])), samples(light(numbers) @ p3.T)),
        ("gamma 1.8", (b"gAMA", struct.pack(">I", 55556)), samples(numbers ** 1.8)),
        ("linear", (b"gAMA", struct.pack(">I", 100000)), samples(numbers)),
    ]:
        source = with_chunk(png, *chunk)
        for options, allowed in [
            (["-f", "png", "--to-srgb"], 0.6), (["-f", "webp", "--lossless"], 0.6),
            (["-f", "jpeg", "-q", "100"], 1.5),
        ]:
            error = numpy.abs(shown(upscale(source, *options)) - wanted).mean()
            check("%s %s" % (name, " ".join(options)), error, allowed)
    if upscale(with_chunk(png, b"cICP", bytes([9, 16, 0, 1])), "-f", "png").find(b"cICP") < 0:
        failures.append("PQ is not kept in PNG")


def inks(photo, press):
    cmyk = encoded(photo.convert("CMYK"), format="JPEG", quality=95)
    wanted = numpy.asarray(Image.open(io.BytesIO(cmyk)).convert("RGB"), float)
    for name, jpeg in [("Adobe's marker", cmyk), ("no marker", without_marker(cmyk))]:
        check("CMYK by formula, " + name, numpy.abs(shown(upscale(jpeg, "-f", "png")) - wanted).max(), 1)
    if press is None:
        print("no profile of a press: CMYK is not converted through one")
        return
    with open(press, "rb") as file:
        profile = file.read()
    separated = ImageCms.profileToProfile(
        photo, SRGB, press, renderingIntent=RELATIVE, flags=COMPENSATION, outputMode="CMYK")
    jpeg = encoded(separated, format="JPEG", quality=95, icc_profile=profile)
    wanted = shown(jpeg)
    for name, contents in [("Adobe's marker", jpeg), ("no marker", without_marker(jpeg))]:
        check("CMYK by profile, " + name, numpy.abs(shown(upscale(contents, "-f", "png")) - wanted).max(), 2)
    mutate(profile, separated.resize((16, 12)), 40)


def mutate(profile, picture, count):
    """Profiles with wrong bytes: a picture comes out, whatever they say."""
    generator = random.Random(1)
    for number in range(count):
        damaged = bytearray(profile)
        for _ in range(generator.randrange(1, 6)):
            damaged[generator.randrange(min(len(damaged), 700))] = generator.randrange(256)
        options = ["--to-srgb"] if number % 2 else []
        upscale(encoded(picture, format="JPEG", icc_profile=bytes(damaged)), "-f", "png", *options)


def main():
    photo = Image.open(os.path.join(ROOT, "Tests", "Fixtures", "cat.jpg")).convert("RGB").resize((160, 120))
    chunks(photo)
    inks(photo, sys.argv[2] if len(sys.argv) > 2 else None)
    mutate(ImageCms.ImageCmsProfile(SRGB).tobytes(), photo.resize((16, 12)), 80)
    for failure in failures:
        print("failed: " + failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
