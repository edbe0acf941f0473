#!/usr/bin/env python3
"""Ten thousand files with damaged metadata: each must give a picture or one sentence, within seconds.

Metadata-rich files of all formats are changed in a few places each (bytes, lengths, pieces cut out, doubled or
swapped); the checksums of PNG chunks are corrected, so that the contents are looked at. `upscale batch` reads
them, to all three formats in turn, and must not crash, hang or grow. SEED and ROUNDS change what is tried,
UPSCALE names another program, as one built with a sanitizer.
Uses .build/release/upscale (`make build`) and Pillow (`pip install pillow`).
"""

import os
import pathlib
import random
import resource
import struct
import subprocess
import sys
import tempfile
import time

import metadata_samples as samples
from trial import UPSCALE, setting, summary

ROUNDS = setting("ROUNDS", 10_000)
AT_ONCE = setting("AT_ONCE", 250)
SECONDS = setting("SECONDS", 600)
# Far more than small pictures need; a sanitizer needs more: 0 for no limit.
MEMORY = setting("MEMORY", 1 << 30)


def sources():
    """Pairs of a file and the range of its metadata, which most changes hit."""
    for format_ in ("jpg", "png", "webp"):
        for order, number, kind in (("<", 6, 3), (">", 8, 4)):
            yield format_, samples.full(format_, number, order=order, kind=kind)
    picture = samples.upright(size=(16, 12))
    exif = b"Exif\0\0" + samples.block(5)
    xmp = b"http://ns.adobe.com/xap/1.0/\0"
    gain = (samples.XMP % 1).replace(
        "<dc:title>", '<g:A xmlns:g="http://ns.adobe.com/hdr-gain-map/1.0/"><g:B/></g:A><dc:title>')
    yield "jpg", samples.jpeg(picture, [
        (0xE1, exif), (0xE1, exif), (0xE1, xmp + gain.encode()), (0xE2, b"MPF\0II*\0\x08\0\0\0"),
        (0xED, b"Photoshop 3.0\0" + samples.iptc()), (0xED, b"Photoshop 3.0\0" + samples.iptc()),
        (0xEB, b"JP\0\1\0\0\0\1c2pa"), (0xFE, b"x" * 300)])
    yield "png", samples.png(
        picture, after=[(b"eXIf", exif)], texts=[
            ("Raw profile type exif", samples.raw_profile("exif", exif), "z"),
            ("Raw profile type xmp", samples.raw_profile("xmp", gain.encode()), "t"),
            ("Raw profile type APP1", samples.raw_profile("APP1", exif), "i"),
            ("Comment", "y" * 5000, "z"), ("Comment", "\u6e2f", "i")])


def mutate(data, random_):
    data = bytearray(data)
    for _ in range(random_.choice((1, 1, 2, 3, 8))):
        place = random_.randrange(12, len(data))
        kind = random_.randrange(7)
        if kind <= 1:
            data[place] = random_.randrange(256)
        elif kind == 2:
            data[place] ^= 1 << random_.randrange(8)
        elif kind == 3:
            value = random_.choice((0, 1, 0x7F, 0xFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, len(data)))
            number = struct.pack(random_.choice("<>") + "I", value)
            count = random_.choice((2, 4))
            data[place:place + count] = number[-count:]
        elif kind == 4:
            end = min(len(data), place + random_.randrange(1, 60))
            del data[place:end]
        elif kind == 5:
            end = min(len(data), place + random_.randrange(1, 400))
            data[place:place] = data[place:end]
        else:
            other = random_.randrange(12, len(data))
            count = min(12, len(data) - max(place, other))
            data[place:place + count], data[other:other + count] = (
                data[other:other + count], data[place:place + count])
    return data


def corrected(data):
    """The PNG with right checksums, as far as its chunks can be followed."""
    import zlib
    offset = 8
    while offset + 12 <= len(data):
        length = struct.unpack(">I", data[offset:offset + 4])[0]
        if length > len(data) - offset - 12:
            break
        sum_ = zlib.crc32(bytes(data[offset + 4:offset + 8 + length]))
        data[offset + 8 + length:offset + 12 + length] = struct.pack(">I", sum_)
        offset += 12 + length
    return data


def limit():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if MEMORY:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def main():
    random_ = random.Random(setting("SEED", 1))
    originals = list(sources())
    failures, kept, slowest = [], 0, 0.0
    for first in range(0, ROUNDS, AT_ONCE):
        count = min(AT_ONCE, ROUNDS - first)
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            (folder / "in").mkdir()
            for index in range(count):
                format_, original = random_.choice(originals)
                data = mutate(original, random_)
                if format_ == "png" and random_.random() < 0.9:
                    data = corrected(data)
                (folder / "in" / f"{index:04}.{format_}").write_bytes(data)
            target = ("png", "jpeg", "webp")[first // AT_ONCE % 3]
            began = time.monotonic()
            try:
                done = subprocess.run(
                    [UPSCALE, "batch", folder / "in", folder / "out", "-m", "realesr-animevideov3",
                     "--format", target, "--scale", "1", "-t", "2", "--quiet", "--name",
                     "{stem}-{ext}.{ext}"],
                    capture_output=True, timeout=SECONDS, preexec_fn=limit, cwd=folder)
            except subprocess.TimeoutExpired:
                failures.append(f"round {first}: not done after {SECONDS} seconds")
                continue
            slowest = max(slowest, time.monotonic() - began)
            if done.returncode not in (0, 1, 2) or b"runtime error" in done.stderr \
                    or b"Sanitizer" in done.stderr:
                failures.append(
                    f"round {first}: exit code {done.returncode}: {done.stderr[-600:].decode(errors='replace')}")
                keep = os.environ.get("KEEP")
                if keep:
                    os.rename(folder / "in", pathlib.Path(keep) / f"round-{first}")
            made = len(list((folder / "out").glob("*-*"))) if (folder / "out").exists() else 0
            kept += made
            print(f"{first + count} files, {kept} pictures, {len(failures)} failures", flush=True)
    print(f"slowest round of {AT_ONCE}: {slowest:.1f} s")
    print(f"{ROUNDS} damaged files: {kept} pictures, the others refused")
    return summary(failures, -(-ROUNDS // AT_ONCE))


if __name__ == "__main__":
    sys.exit(main())
