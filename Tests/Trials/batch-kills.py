#!/usr/bin/env python3
"""Kills `upscale batch` by SIGKILL at random moments, each time followed by a second run.

The final folder must equal that of an unbroken run byte for byte, no output that a killed run had
completed may be made again (inode and modification time stay), and nothing temporary may be left.
Uses .build/release/upscale (`make build`) and nothing but Python's own library.
"""

import hashlib
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import png
from trial import GOLDEN, PHOTO, UPSCALE, setting, summary

ROUNDS = setting("ROUNDS", 50)


def command(inputs, outputs):
    return [UPSCALE, "batch", inputs, outputs, "--model", "realesr-animevideov3", "--quiet"]


def contents(folder):
    """Digests of all files below a folder but the journal; claims count as left over."""
    found = {}
    for path in sorted(pathlib.Path(folder).rglob("*")):
        if path.is_file() and path.name != ".upscale-batch.jsonl":
            found[str(path.relative_to(folder))] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def identities(folder):
    found = {}
    for path in pathlib.Path(folder).rglob("*"):
        if path.is_file() and not any(part.startswith(".upscale-") for part in
                                      path.relative_to(folder).parts):
            status = path.stat()
            found[str(path.relative_to(folder))] = (status.st_ino, status.st_mtime_ns)
    return found


def make_inputs(folder):
    """Forty pictures in three folders: crops of the fixtures' sizes, all different."""
    sources = sorted((GOLDEN / "inputs").glob("*.png"))
    for number in range(40):
        target = pathlib.Path(folder) / f"{number % 3}" / f"{number}.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        data = sources[number % len(sources)].read_bytes()
        target.write_bytes(png.with_text(data, "Comment", number))
    shutil.copy(PHOTO, pathlib.Path(folder) / "cat.jpg")
    shutil.copy(PHOTO, pathlib.Path(folder) / "twin.jpg")


def main():
    random.seed(setting("SEED", 1))
    failures = []
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as root:
        inputs, whole, broken = (os.path.join(root, name) for name in ("in", "whole", "broken"))
        make_inputs(inputs)
        # The first run of a program is slower: kills spread over the time of the next ones.
        lengths = []
        for _ in range(3):
            shutil.rmtree(whole, ignore_errors=True)
            began = time.monotonic()
            assert subprocess.run(command(inputs, whole)).returncode == 0
            lengths.append(time.monotonic() - began)
        length = min(lengths)
        wanted = contents(whole)
        assert len(wanted) == 42, len(wanted)
        kept = killed = 0
        for number in range(ROUNDS):
            shutil.rmtree(broken, ignore_errors=True)
            process = subprocess.Popen(command(inputs, broken))
            time.sleep(random.uniform(0, length))
            process.send_signal(signal.SIGKILL)
            killed += process.wait() == -signal.SIGKILL
            before = identities(broken)
            kept += len(before)
            second = subprocess.run(command(inputs, broken))
            if second.returncode != 0:
                failures.append(f"round {number}: the second run exits {second.returncode}")
            after = contents(broken)
            if after != wanted:
                names = {name for name in set(after) ^ set(wanted)} or {
                    name for name in wanted if after[name] != wanted[name]}
                failures.append(f"round {number}: different: {sorted(names)[:5]}")
            now = identities(broken)
            again = [name for name in before if now.get(name) != before[name]]
            if again:
                failures.append(f"round {number}: done twice: {again[:5]}")
        print(f"{ROUNDS} runs, {killed} of them killed within {length:.2f} s; "
              f"{kept} outputs were complete by then and kept")
    sys.exit(summary(failures, ROUNDS))


main()
