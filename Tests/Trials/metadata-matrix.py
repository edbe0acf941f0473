#!/usr/bin/env python3
"""What other programs read in outputs: exiftool, ImageMagick's identify, and Pillow.

First, pictures in all eight orientations, in all three formats, in both byte orders, the orientation as a byte,
a short and a long, in EXIF and in XMP, are compared with what Pillow's exif_transpose makes of them. Then files
with all metadata, in every kind of pixel, go through all pairs of formats: what must survive does.
Uses .build/release/upscale (`make build`), exiftool, identify, and Pillow (`pip install pillow`).
"""

import json
import pathlib
import subprocess
import sys
import tempfile

from PIL import Image, ImageChops, ImageOps, ImageStat

import metadata_samples as samples
from trial import UPSCALE, Check

FORMATS = ("jpg", "png", "webp")
MODES = {"jpg": ("RGB", "L", "CMYK"), "png": ("RGB", "RGBA", "L", "LA", "I;16"),
         "webp": ("RGB", "RGBA")}


def batch(folder, output, *options):
    done = subprocess.run(
        [UPSCALE, "batch", folder, output, "-m", "realesr-animevideov3", "--name", "{stem}.{ext}",
         *options], capture_output=True, text=True)
    return done


def difference(first, second):
    """The mean difference of two pictures' samples; 255 where their sizes differ."""
    if first.size != second.size:
        return 255
    delta = ImageChops.difference(first.convert("RGB"), second.convert("RGB"))
    return sum(ImageStat.Stat(delta).mean) / 3


def orientations(check, folder):
    inputs, output = folder / "turned", folder / "upright"
    inputs.mkdir()
    for number in range(1, 9):
        picture = samples.stored(number)
        for order, order_name in (("<", "II"), (">", "MM")):
            for kind, kind_name in ((1, "byte"), (3, "short"), (4, "long")):
                for gap in (0, 3000):
                    exif = samples.block(number, order, kind, gap=gap, rich=False)
                    name = f"{number}-{order_name}-{kind_name}-{gap}"
                    prefixed = b"Exif\0\0" + exif
                    files = {
                        f"{name}.jpg": samples.jpeg(picture, [(0xE1, prefixed)]),
                        f"{name}.png": samples.png(picture, [(b"eXIf", exif)]),
                        f"{name}.webp": samples.webp(picture, exif)}
                    for file, data in files.items():
                        (inputs / file).write_bytes(data)
            raw = samples.raw_profile("exif", prefixed)
            rest = {
                "behind.png": samples.png(picture, after=[(b"eXIf", prefixed)]),
                "raw.png": samples.png(picture, texts=[("Raw profile type exif", raw, "z")]),
                "app1.png": samples.png(picture, texts=[("Raw profile type APP1", raw, "t")]),
                "prefix.webp": samples.webp(picture, prefixed),
                "two.jpg": samples.jpeg(picture, [
                    (0xE1, b"Exif\0\0broken"), (0xE1, prefixed),
                    (0xE1, b"Exif\0\0" + samples.block(number % 8 + 1, rich=False))]),
                "xmp.jpg": samples.jpeg(picture, [
                    (0xE1, b"http://ns.adobe.com/xap/1.0/\0" + (samples.XMP % number).encode())]),
                "fill.jpg": samples.jpeg(picture, [(0xE1, prefixed)]).replace(
                    b"\xff\xe1", b"\x17\x42\xff\xff\xff\xe1", 1)}
            for file, data in rest.items():
                (inputs / f"{number}-{order_name}-{file}").write_bytes(data)
    done = batch(inputs, output, "--scale", "1", "--flat")
    check(done.returncode == 0, f"a batch of all orientations: {done.stderr.strip()[-300:]}")
    wrong = []
    paths = sorted(inputs.iterdir())
    for path in paths:
        made = output / path.name
        if not made.exists():
            wrong.append(f"{path.name}: no output")
            continue
        seen = Image.open(path)
        if path.name.endswith(("two.jpg", "app1.png")) or "-byte-" in path.name:
            # Pillow takes the last block, no text of this name, and no bytes.
            expected = samples.upright()
        else:
            expected = ImageOps.exif_transpose(seen)
        result = Image.open(made)
        # With what it says of itself, the output must look so too.
        for picture in (result, ImageOps.exif_transpose(result)):
            off = difference(picture, expected)
            if off > 12 or difference(picture, samples.upright()) > 12:
                wrong.append(f"{path.name}: {off:.1f} off")
                break
    check(not wrong, f"{len(paths)} files are turned as Pillow turns them {wrong[:10]}")


def exiftool(*paths):
    """What exiftool reads, by the names of files."""
    done = subprocess.run(
        ["exiftool", "-j", "-G1", "-n", "-a", "-struct", *paths], capture_output=True, text=True)
    return {pathlib.Path(entry["SourceFile"]).name: entry for entry in json.loads(done.stdout)}


def survivors(check, folder):
    inputs = folder / "rich"
    inputs.mkdir()
    for format_ in FORMATS:
        for mode in MODES[format_]:
            for order, number in (("<", 6), (">", 3)):
                data = samples.full(format_, number, mode, order)
                name = f"{format_}-{mode.replace(';', '')}-{number}.{format_}"
                (inputs / name).write_bytes(data)
    before = exiftool(inputs)
    for target in FORMATS:
        output = folder / f"rich-{target}"
        done = batch(inputs, output, "--format", target.replace("jpg", "jpeg"))
        check(done.returncode == 0, f"to {target}: exit code {done.returncode}")
        after = exiftool(output)
        wrong = []
        for path in sorted(inputs.iterdir()):
            made = output / f"{path.stem}.{target}"
            tags = after.get(made.name)
            if tags is None:
                wrong.append(f"{path.name}: no output")
                continue
            source = path.suffix[1:]
            with Image.open(made) as picture:
                width, height = picture.size
                density = picture.info.get("dpi")
                exif = picture.getexif()
            expected = {
                "IFD0:Make": "Acme Cameras", "IFD0:Model": "Model 3", "IFD0:Software": "Camera 1.0",
                "IFD0:Orientation": 1, "IFD0:ImageWidth": width, "IFD0:ImageHeight": height,
                "IFD0:XResolution": 300, "ExifIFD:DateTimeOriginal": "2024:05:06 07:08:09",
                "ExifIFD:ExifImageWidth": width, "ExifIFD:ExifImageHeight": height,
                "XMP-tiff:Orientation": 1, "XMP-tiff:ImageWidth": width,
                "XMP-exif:ExifImageWidth": width, "XMP-exif:ExifImageHeight": height,
                "XMP-dc:Title": "Harbour & sea"}
            for tag in ("GPS:GPSLatitude", "GPS:GPSLongitude", "ExifIFD:MakerNoteUnknownText"):
                if tag in before[path.name]:
                    expected[tag] = before[path.name][tag]
            if target == "jpg":
                expected |= {"JFIF:XResolution": 300, "JFIF:ResolutionUnit": 1}
            if target == "png":
                expected |= {"PNG-pHYs:PixelsPerUnitX": 11811, "PNG-pHYs:PixelUnits": 1}
            if source != "webp" and target != "webp":
                expected["IPTC:City"] = "Lisbon"
            if source != "webp" and target == "webp":
                expected |= {
                    "XMP-photoshop:City": "Lisbon", "XMP-dc:Description": "Ships in the harbour"}
            if source == "png" and target == "png":
                expected |= {"PNG:Author": "Ana", "PNG:Parameters": "a cat\nSteps: 20, Sampler: Euler a"}
            if source == "png" and target != "png":
                # Of several comments exiftool's JSON has one.
                said = json.dumps(tags, ensure_ascii=False) + made.read_bytes().decode(errors="replace")
                for words in ("Ana", "Sampler: Euler a", "\u6e2f"):
                    if words not in said:
                        wrong.append(f"{made.name}: no {words}")
            if source == "jpg" and "Made by hand" not in json.dumps(tags):
                wrong.append(f"{made.name}: no comment")
            for tag, value in expected.items():
                if tags.get(tag) != value:
                    wrong.append(f"{made.name}: {tag} is {tags.get(tag)!r}, not {value!r}")
            for tag in tags:
                is_new = tag not in before[path.name]
                if tag.startswith("IFD1:") or is_new and tag.endswith((":Warning", ":Error")):
                    wrong.append(f"{made.name}: {tag} {tags[tag]}")
            if target != "webp" and (density is None or abs(density[0] - 300) > 0.01):
                wrong.append(f"{made.name}: Pillow reads {density} dpi")
            if exif.get(0x0112) != 1 or exif.get_ifd(0x8769).get(0x927C) != samples.NOTE:
                wrong.append(f"{made.name}: Pillow reads another orientation or maker's note")
            told = subprocess.run(
                ["identify", "-units", "PixelsPerInch", "-format", "%x %w %h", made],
                capture_output=True, text=True)
            if target != "webp" and not told.stdout.startswith(f"300 {width} {height}"):
                wrong.append(f"{made.name}: identify says {told.stdout} {told.stderr}")
        check(not wrong, f"what must survive does, to {target} {wrong[:12]}")


def main():
    check = Check()
    with tempfile.TemporaryDirectory() as folder:
        orientations(check, pathlib.Path(folder))
        survivors(check, pathlib.Path(folder))
    return check.failures > 0


if __name__ == "__main__":
    sys.exit(main())
