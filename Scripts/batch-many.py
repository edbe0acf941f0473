#!/usr/bin/env python3
"""Ten thousand tiny pictures in one batch: all are counted, memory stays, and how fast it goes.

Memory after all pictures must be that after the first 500 (and no more than 5 % above), and the
outputs must be as many as the inputs. The engine's own speed is that of `upscale bench` on a picture of
the same size, on one thread, for as many threads as there are. On a machine that does other things,
compare the CPU times: what is not the engine's is decoding, encoding, files and the start.
Uses .build/release/upscale (`make build`) and nothing but Python's own library.
"""

import json
import os
import pathlib
import random
import struct
import subprocess
import sys
import tempfile
import zlib

ROOT = pathlib.Path(__file__).resolve().parents[1]
UPSCALE = os.environ.get("UPSCALE", str(ROOT / ".build/release/upscale"))
COUNT = int(os.environ.get("COUNT", "10000"))
SIDE = int(os.environ.get("SIDE", "16"))
MODEL = os.environ.get("MODEL", "realesr-animevideov3")


def png(side, pixels):
    rows = b"".join(b"\0" + pixels[y * side * 3:(y + 1) * side * 3] for y in range(side))

    def chunk(name, data):
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))
    return (b"\x89PNG\r\n\x1a\n"
            + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def resident(process):
    for line in open(f"/proc/{process.pid}/status", encoding="ascii"):
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


def forward(runs):
    """The engine's seconds for one picture on one thread: of CPU time, and the median on the clock."""
    def bench(runs):
        process = subprocess.Popen(
            [UPSCALE, "bench", "--model", MODEL, "--width", str(SIDE), "--height", str(SIDE),
             "--threads", "1", "--runs", str(runs), "--json"], stdout=subprocess.PIPE, text=True)
        median = json.loads(process.stdout.read())["seconds"]
        _, _, usage = os.wait4(process.pid, 0)
        return usage.ru_utime + usage.ru_stime, median
    # The difference leaves out the start and the loading of the model.
    (few, _), (many, median) = bench(runs), bench(3 * runs)
    return (many - few) / (2 * runs), median


def main():
    random.seed(1)
    threads = len(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as root:
        inputs, outputs = os.path.join(root, "in"), os.path.join(root, "out")
        os.mkdir(inputs)
        for number in range(COUNT):
            with open(f"{inputs}/{number:06}.png", "wb") as file:
                file.write(png(SIDE, random.randbytes(SIDE * SIDE * 3)))
        process = subprocess.Popen(
            [UPSCALE, "batch", inputs, outputs, "--model", MODEL, "--json"],
            stderr=subprocess.PIPE, text=True)
        done, early, late, last = 0, 0, 0, {}
        for line in process.stderr:
            event = json.loads(line)
            if event.get("status") == "done":
                done += 1
                if done == min(500, COUNT // 4):
                    early = resident(process)
                # Before lanes have nothing left to do and give up their buffers.
                if done == COUNT - min(500, COUNT // 4):
                    late = resident(process)
            if event["event"] == "done":
                last = event
        _, status, usage = os.wait4(process.pid, 0)
        code, cpu = os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime
        made = len([name for name in os.listdir(outputs) if name.endswith(".png")])
    engine, mean = forward(100)
    rate = last["done"] / last["seconds"]
    print(f"{done} done, {made} files, exit {code}, in {last['seconds']:.1f} s: "
          f"{rate:.0f} pictures of {SIDE} x {SIDE} a second; the engine alone, one picture a thread: "
          f"{threads / mean:.0f} ({rate * mean / threads:.0%})")
    print(f"CPU time of a picture: {cpu / COUNT * 1000:.2f} ms, of the engine's part of it "
          f"{engine * 1000:.2f} ms ({engine * COUNT / cpu:.0%})")
    print(f"memory after {min(500, COUNT // 4)}: {early / 1024:.1f} MiB, near the end: "
          f"{late / 1024:.1f} MiB "
          f"({late / early - 1:+.1%})")
    ok = code == 0 and done == made == COUNT and late <= early * 1.05
    print("passed" if ok else "FAILED")
    sys.exit(0 if ok else 1)


main()
