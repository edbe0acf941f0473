#!/usr/bin/env python3
"""Ten thousand tiny pictures in one batch: all are counted, memory stays, and how fast it goes.

Memory after all pictures must be that after the first 500 (and no more than 5 % above), and the
outputs must be as many as the inputs. The engine's own speed is that of `upscale bench` on pictures of
the same size, one process of one thread for each thread there is, all at once, before the batch and
after it; what the batch takes beyond that is decoding, encoding, files and the start.
Uses .build/release/upscale (`make build`) and nothing but Python's own library.
"""

import json
import os
import random
import subprocess
import sys
import tempfile

import png
from trial import UPSCALE, resident, setting

COUNT = setting("COUNT", 10000)
SIDE = setting("SIDE", 32)
MODEL = setting("MODEL", "realesrgan-x4plus")


def engine(threads):
    """Pictures a second that the engine alone computes with a picture on each thread, by the clock."""
    command = [UPSCALE, "bench", "--model", MODEL, "--width", str(SIDE), "--height", str(SIDE),
               "--threads", "1", "--runs", "200", "--json"]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
                 for _ in range(threads)]
    return sum(1 / json.loads(process.communicate()[0])["seconds"] for process in processes)


def main():
    random.seed(1)
    threads = len(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as root:
        inputs, outputs = os.path.join(root, "in"), os.path.join(root, "out")
        os.mkdir(inputs)
        for number in range(COUNT):
            with open(f"{inputs}/{number:06}.png", "wb") as file:
                file.write(png.encode(SIDE, SIDE, random.randbytes(SIDE * SIDE * 3)))
        alone = [engine(threads)]
        process = subprocess.Popen(
            [UPSCALE, "batch", inputs, outputs, "--model", MODEL, "--json"],
            stderr=subprocess.PIPE, text=True)
        done, early, late, last = 0, 0, 0, {}
        for line in process.stderr:
            event = json.loads(line)
            if event.get("status") == "done":
                done += 1
                if done == min(500, COUNT // 4):
                    early = resident(process.pid)
                # Before lanes have nothing left to do and give up their buffers.
                if done == COUNT - min(500, COUNT // 4):
                    late = resident(process.pid)
            if event["event"] == "done":
                last = event
        code = process.wait()
        made = len([name for name in os.listdir(outputs) if name.endswith(".png")])
    alone.append(engine(threads))
    rate, mean = last["done"] / last["seconds"], sum(alone) / len(alone)
    print(f"{done} done, {made} files, exit {code}, in {last['seconds']:.1f} s: {rate:.1f} pictures of "
          f"{SIDE} x {SIDE} a second; the engine alone {alone[0]:.1f} before, {alone[1]:.1f} after "
          f"({rate / mean:.0%})")
    print(f"memory after {min(500, COUNT // 4)}: {early / 2**20:.1f} MiB, near the end: "
          f"{late / 2**20:.1f} MiB "
          f"({late / early - 1:+.1%})")
    ok = code == 0 and done == made == COUNT and late <= early * 1.05
    print("passed" if ok else "FAILED")
    sys.exit(0 if ok else 1)


main()
