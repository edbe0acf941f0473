#!/usr/bin/env python3
"""Memory: every picture is enlarged within its promise, or refused in a sentence; nothing is killed.

    Tests/Trials/memory.py              the grid: sizes, formats, models and limits (some minutes);
                                   as root in a control group of its own too
    Tests/Trials/memory.py --reading    only what makes no picture: inspect, and dry runs
    Tests/Trials/memory.py --large      the large pictures, each with its promise (an hour)

Uses .build/release/upscale (`make build`) and nothing but Python's own library.
"""

import argparse
import itertools
import os
import pathlib
import re
import resource
import subprocess
import sys
import tempfile
import time

import png
from trial import UPSCALE

# 0 done, 73 the format cannot hold it, 75 not enough memory.
DOCUMENTED = {0, 73, 75}
GIGABYTE = 10**9


class ControlGroup:
    """A control group with a limit on memory (version 1 or 2), beyond which the kernel kills."""

    def __init__(self, limit):
        old = pathlib.Path("/sys/fs/cgroup/memory")
        base, name = (old, "memory.limit_in_bytes") if old.is_dir() else (
            pathlib.Path("/sys/fs/cgroup"), "memory.max")
        self.folder = base / f"upscale-memory-test-{os.getpid()}"
        self.folder.mkdir()
        try:
            (self.folder / name).write_text(str(limit))
            swap = self.folder / "memory.swap.max"
            if swap.exists():
                swap.write_text("0")
        except OSError:
            self.close()
            raise

    def enter(self):
        (self.folder / "cgroup.procs").write_text(str(os.getpid()))

    def close(self):
        self.folder.rmdir()


def run(arguments, address_space=None, timeout=7200, group=None):
    """(exit code or minus the signal, text, seconds, peak RSS in bytes)."""
    def limit():
        if group:
            group.enter()
        if address_space:
            resource.setrlimit(resource.RLIMIT_AS, (address_space, address_space))

    start = time.monotonic()
    process = subprocess.Popen(
        [UPSCALE, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, preexec_fn=limit)
    text = process.stdout.read().decode(errors="replace")
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, text, time.monotonic() - start, usage.ru_maxrss * 1024


def make_inputs(folder, sizes):
    """{size: {format: path}}"""
    inputs = {}
    for width, height in sizes:
        stem = folder / f"{width}x{height}"
        files = {"png": f"{stem}.png", "interlaced": f"{stem}-interlaced.png"}
        png.write_waves(files["png"], width, height)
        png.write_waves(files["interlaced"], width, height, interlaced=True)
        if width * height <= 1 << 20:
            for format in ("jpg", "webp"):
                files[format] = f"{stem}.{format}"
                code, text, _, _ = run(["image", files["png"], files[format], "--scale", "1",
                                        "--model", "realesr-animevideov3"])
                assert code == 0, text
        inputs[width, height] = files
    return inputs


def check(name, arguments, output, promise, address_space, group=None):
    """One line of the table; the complaints."""
    code, text, seconds, peak = run(arguments, address_space, group=group)
    complaints = []
    if code not in DOCUMENTED:
        complaints.append(f"exit {code}: {text.strip()[-200:]}")
    elif code != 0 and not re.search(r"^upscale: .+", text, re.M):
        complaints.append(f"exit {code} without a sentence")
    if promise and peak > promise:
        complaints.append(f"peak {peak} over {promise}")
    if code == 0:
        if run(["inspect", output, "--max-pixels", str(10**9)])[0] != 0:
            complaints.append("the output is no picture")
    elif os.path.exists(output):
        complaints.append("an output of a refused picture")
    left = [p for p in os.listdir(os.path.dirname(output)) if p.endswith(".part")]
    if left:
        complaints.append(f"left behind: {left}")
    if os.path.exists(output):
        os.remove(output)
    result = "done" if code == 0 else f"refused ({code})"
    print(f"{name:58} {result:13} {peak / 1e6:7.0f} MB {seconds:7.1f} s"
          + "".join(f"  FAILED: {c}" for c in complaints), flush=True)
    return not complaints


def check_reading(name, arguments, promise):
    """One line of the table for a command that makes nothing; the same complaints."""
    code, text, seconds, peak = run([*arguments, "--max-memory", str(promise)])
    complaints = []
    if code not in DOCUMENTED:
        complaints.append(f"exit {code}: {text.strip()[-200:]}")
    elif code != 0 and not re.search(r"^upscale: .+", text, re.M):
        complaints.append(f"exit {code} without a sentence")
    if peak > promise:
        complaints.append(f"peak {peak} over {promise}")
    result = "done" if code == 0 else f"refused ({code})"
    print(f"{name:58} {result:13} {peak / 1e6:7.0f} MB {seconds:7.1f} s"
          + "".join(f"  FAILED: {c}" for c in complaints), flush=True)
    return not complaints


def reading():
    """What only looks at pictures: inspect, and dry runs."""
    results = []
    model = ["--model", "realesr-animevideov3"]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        inputs = make_inputs(folder, [(1000, 800), (9000, 7000)])
        for files in inputs.values():
            for format, path in files.items():
                size = pathlib.Path(path).stem.split("-")[0]
                for megabytes in (32, 50, 100, 300):
                    limit = f"--max-memory {megabytes}M"
                    results.append(check_reading(
                        f"inspect {size} {format}, {limit}", ["inspect", path],
                        megabytes * 10**6))
                    if megabytes >= 50:
                        results.append(check_reading(
                            f"image --dry-run {size} {format}, {limit}",
                            ["image", path, str(folder / "out.png"), "--dry-run", *model],
                            megabytes * 10**6))
        results.append(check_reading(
            "batch --dry-run, --max-memory 50M",
            ["batch", str(folder), str(folder / "out"), "--dry-run", *model], 50 * 10**6))
    return results


def grid():
    models = {
        "realesr-animevideov3": [(64, 48), (700, 500), (1600, 1000)],
        "realesrgan-x4plus-anime": [(64, 48), (160, 200)],
        "realesrgan-x4plus": [(64, 48), (130, 100)],
    }
    limits = {
        "ulimit -v 1 GB": ([], GIGABYTE),
        "--max-memory 1G": (["--max-memory", "1G"], None),
        "--max-memory 200M": (["--max-memory", "200M"], None),
        "--max-memory 50M": (["--max-memory", "50M"], None),
    }
    groups = {}
    for size in (600, 150):
        try:
            groups[f"control group of {size} MB"] = group = ControlGroup(size * 10**6)
            group.close()
        except OSError as error:
            print(f"no control group can be made here ({error}): left out", file=sys.stderr)
            groups.clear()
            break
    limits |= {name: ([], None) for name in groups}
    results = []
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        inputs = make_inputs(folder, sorted({s for sizes in models.values() for s in sizes}))
        for (model, sizes), (limit, (options, space)) in itertools.product(
                models.items(), limits.items()):
            for size in sizes:
                formats = ["png", "jpg", "webp"] if size[0] * size[1] > 10_000 else ["png"]
                sources = ["png", "interlaced"] if size[0] > 1000 else ["png", "jpg"]
                pairs = list(itertools.product(sources, formats))
                if size[0] * size[1] < 10_000 or model != "realesr-animevideov3":
                    pairs = pairs[-2:]
                for source, format in pairs:
                    output = str(folder / f"out.{format}")
                    name = f"{model[7:]} {size[0]}x{size[1]} {source} to {format}, {limit}"
                    arguments = ["image", inputs[size][source], output, "--model", model, *options]
                    promise = {"1G": 1e9, "200M": 2e8, "50M": 5e7}.get((options or [0])[-1])
                    group = groups.get(limit)
                    if group:
                        group = ControlGroup(int(limit.split()[-2]) * 10**6)
                    results.append(check(name, arguments, output, promise, space, group))
                    if group:
                        group.close()
    return results


def large():
    cases = [
        ("realesr-animevideov3", 4000, 3000, "300M", 3e8),
        ("realesr-animevideov3", 4000, 3000, "1G", 1e9),
        ("realesrgan-x4plus", 1600, 1200, "1G", 1e9),
        ("realesr-animevideov3", 12000, 9000, "2G", 2e9),
    ]
    results = []
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for model, width, height, limit, promise in cases:
            path = str(folder / "in.png")
            png.write_waves(path, width, height)
            output = str(folder / "out.png")
            arguments = ["image", path, output, "--model", model, "--max-memory", limit,
                         "--max-pixels", "200000000"]
            print(run([*arguments, "--dry-run"])[1].strip(), flush=True)
            results.append(check(
                f"{model[7:]} {width}x{height}, --max-memory {limit}", arguments, output, promise,
                None))
    return results


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--reading", action="store_true")
    options = parser.parse_args()
    results = large() if options.large else reading() + ([] if options.reading else grid())
    print(f"{sum(results)} passed, {len(results) - sum(results)} failed")
    sys.exit(0 if all(results) else 1)


main()
