#!/usr/bin/env python3
"""Kills `upscale image` at random moments: 100 times by SIGKILL, 100 times by SIGINT.

An output must be the old file or the whole new one; SIGINT must leave no temporary file and end the
process by that signal within a second; what SIGKILL leaves, the next run must sweep.
Uses .build/release/upscale (`make build`) and nothing but Python's own library.
"""

import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

from trial import PHOTO, UPSCALE, setting, summary

ROUNDS = setting("ROUNDS", 100)


def start(output):
    return subprocess.Popen(
        [UPSCALE, "image", PHOTO, output, "--model", "realesr-animevideov3"],
        stderr=subprocess.DEVNULL)


def main():
    random.seed(setting("SEED", 1))
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        output = os.path.join(folder, "out.png")
        began = time.monotonic()
        assert start(output).wait() == 0
        length = time.monotonic() - began
        new = pathlib.Path(output).read_bytes()
        old = b"the output of another day"
        for number in (signal.SIGKILL, signal.SIGINT):
            outcomes = {"old": 0, "new": 0}
            for _ in range(ROUNDS):
                pathlib.Path(output).write_bytes(old)
                process = start(output)
                time.sleep(random.uniform(0, 1.1 * length))
                asked = time.monotonic()
                process.send_signal(number)
                code = process.wait()
                took = time.monotonic() - asked
                found = pathlib.Path(output).read_bytes()
                if found not in (old, new):
                    failures.append(f"{number.name}: an output of {len(found)} bytes")
                outcomes["new" if found == new else "old"] += 1
                if code not in (0, -number):
                    failures.append(f"{number.name}: exit {code}")
                if number == signal.SIGINT:
                    if took > 1.5:
                        failures.append(f"SIGINT took {took:.1f} s")
                    if os.listdir(folder) != ["out.png"]:
                        failures.append(f"SIGINT left {os.listdir(folder)}")
            if start(output).wait() != 0 or os.listdir(folder) != ["out.png"]:
                failures.append(f"{number.name}: the next run left {os.listdir(folder)}")
            print(f"{number.name}: {ROUNDS} times, then the old output {outcomes['old']} times, "
                  f"the new one {outcomes['new']} times", flush=True)
    sys.exit(summary(failures, 2 * ROUNDS))


main()
