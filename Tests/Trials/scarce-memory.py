#!/usr/bin/env python3
"""Scarce resources: every command either does its work or says in one sentence what it lacks.

    Tests/Trials/scarce-memory.py                 all commands under each limit (about an hour on two cores)
    Tests/Trials/scarce-memory.py --step 50       fewer limits
    Tests/Trials/scarce-memory.py --only inspect  commands whose name holds this

Limits: address space (ulimit -v) and data (-d) from 30 to 400 MB, the stack (-s), processes (-u; as
root as another user), files (-n). Below some 30 MB the system's loader cannot even map the libraries
and ends the program with 127 and a message of its own: the script finds where that ends, and begins
there.

Asserted of each run: exit code 0, or a documented one with one sentence on standard error; no signal,
no stack trace, no temporary file left, an output only when it is whole. Uses .build/release/upscale
(`make build`, or UPSCALE) and nothing but Python's own library.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import sys
import tempfile

import png
from trial import GOLDEN, ROOT, UPSCALE

MODELS = [
    model["name"] for model in json.loads((ROOT / "weights/manifest.json").read_text())["models"]
]
SMALLEST = "realesr-animevideov3"
MEGABYTE = 10**6
NOBODY = 65534

# What a lack of memory, threads or descriptors may end in. 69: no Telegram at --check-health.
SCARCE = {0, 69, 75}
# A lack of descriptors may also hit the loader, before the program begins.
LOADER = 127


class Case:
    """A command: its name, and its arguments given the inputs' folder and one for outputs."""

    def __init__(self, name, arguments, seconds=300, is_stopped=False):
        self.name = name
        self.arguments = arguments
        self.seconds = seconds
        # A service, which is told to stop after a while.
        self.is_stopped = is_stopped


def cases():
    found = [
        Case("--version", lambda i, o: ["--version"]),
        Case("--help", lambda i, o: ["--help"]),
        Case("model list", lambda i, o: ["model", "list"]),
        Case("bench", lambda i, o: ["bench", "-m", SMALLEST, "--width", "64", "--height", "48",
                                    "--runs", "1"]),
        Case("batch", lambda i, o: ["batch", i / "folder", o, "-m", SMALLEST]),
        Case("batch --json", lambda i, o: ["batch", i / "folder", o, "-m", SMALLEST, "--json"]),
        Case("batch --dry-run", lambda i, o: ["batch", i / "folder", o, "--dry-run"]),
        Case("batch --report", lambda i, o: ["batch", i / "folder", o, "-m", SMALLEST, "--report",
                                             o / "report.html"]),
        Case("batch --merge-report", lambda i, o: ["batch", "--merge-report", i / "done"]),
        Case("image --dry-run", lambda i, o: ["image", i / "small.png", o / "out.png", "--dry-run"]),
        Case("image --json", lambda i, o: ["image", i / "small.png", o / "out.png", "--json",
                                           "-m", SMALLEST]),
        Case("bot --check-health", lambda i, o: ["bot", "--check-health", "--health-file",
                                                 o / "health"]),
        Case("bot", lambda i, o: ["bot", "--token-file", i / "token", "--api-root",
                                  "http://127.0.0.1:9", "--state-dir", o / "state", "-m", SMALLEST],
             seconds=4, is_stopped=True),
    ]
    for source in ("photo.jpg", "small.png", "interlaced.png", "photo.webp", "large.png"):
        found.append(Case(f"inspect {source}",
                          lambda i, o, source=source: ["inspect", i / source]))
        for target in ("png", "jpg", "webp"):
            if source != "large.png":
                found.append(Case(
                    f"image {source} to {target}",
                    lambda i, o, source=source, target=target: [
                        "image", i / source, o / f"out.{target}", "-m", SMALLEST]))
    for model in MODELS:
        for precision in ("exact", "fast"):
            found.append(Case(
                f"image {model} {precision}",
                lambda i, o, model=model, precision=precision: [
                    "image", i / "small.png", o / "out.png", "-m", model, "--precision", precision]))
        found.append(Case(f"model info {model}",
                          lambda i, o, model=model: ["model", "info", model]))
        found.append(Case(
            f"model convert {model}",
            lambda i, o, model=model: ["model", "convert", ROOT / f"weights/{model}.safetensors",
                                       o / "out.safetensors"]))
    return found


def make_inputs(folder):
    shutil.copy(ROOT / "Tests/Fixtures/cat.jpg", folder / "photo.jpg")
    png.write_waves(folder / "small.png", 24, 18)
    png.write_waves(folder / "interlaced.png", 48, 36, interlaced=True)
    png.write_waves(folder / "large.png", 3000, 2000)
    (folder / "token").write_text("110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0\n")
    (folder / "token").chmod(0o644)
    subprocess.run([UPSCALE, "image", folder / "photo.jpg", folder / "photo.webp", "--scale", "1",
                    "-m", SMALLEST], check=True)
    (folder / "folder/below").mkdir(parents=True)
    for name in ("photo.jpg", "small.png", "interlaced.png"):
        shutil.copy(folder / name, folder / "folder")
        shutil.copy(folder / name, folder / "folder/below")
    (folder / "folder/broken.png").write_bytes((folder / "small.png").read_bytes()[:60])
    subprocess.run([UPSCALE, "batch", folder / "folder", folder / "done", "-m", SMALLEST,
                    "--quiet"], stderr=subprocess.DEVNULL)


class Limit:
    """A limit on a resource, in its units."""

    def __init__(self, name, resource, value, user=None):
        self.name = name
        self.resource = resource
        self.value = value
        self.user = user

    def set(self):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if self.user is not None and os.geteuid() == 0:
            os.setgroups([])
            os.setgid(self.user)
            os.setuid(self.user)
        resource.setrlimit(self.resource, (self.value, self.value))


def run(case, limit, inputs, folder):
    """(exit code or minus the signal, standard output, standard error)."""
    arguments = [str(word) for word in case.arguments(inputs, folder)]
    process = subprocess.Popen(
        [UPSCALE, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, preexec_fn=limit.set, cwd=folder)
    try:
        output, error = process.communicate(timeout=case.seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGTERM if case.is_stopped else signal.SIGKILL)
        output, error = process.communicate()
    return process.returncode, output, error.decode(errors="replace")


def complaints(case, limit, code, output, error, folder):
    found = []
    documented = SCARCE | ({1} if case.name.startswith("batch") else set())
    documented |= {-signal.SIGTERM} if case.is_stopped else set()
    # The loader, with descriptors or stack too few even for it.
    if code == LOADER and error.count("\n") <= 1 and "shared libraries" in error:
        return []
    if code not in documented:
        found.append(f"exit code {code}")
    lowered = error.lower()
    for word in ("fatal error", "stack trace", "terminate called", "backtrace", "thread 0"):
        if word in lowered:
            found.append(f"says '{word}'")
    if code not in (0, 1, -signal.SIGTERM):
        lines = error.splitlines()
        if "--json" in case.name:
            lines = [line for line in lines if '"event":"error"' in line]
        elif case.is_stopped:
            # The log of a service, and its warnings.
            lines = [line for line in lines if line.startswith("upscale: ")
                     and not line.startswith("upscale: warning: ")]
        if len(lines) != 1 or not (lines[0].startswith("upscale: ") or "--json" in case.name):
            found.append("not one sentence")
    names = [p for p in folder.rglob("*") if p.is_file()]
    found += [f"left behind: {p.name}" for p in names if p.name.endswith(".part")]
    if case.name.startswith("image") and "--dry-run" not in case.name:
        if bool(names) != (code == 0):
            found.append(f"{len(names)} outputs")
        if code == 0 and subprocess.run([UPSCALE, "inspect", names[0]],
                                        capture_output=True).returncode != 0:
            found.append("the output is no picture")
    return found


def starts(limit, inputs):
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        code, _, error = run(Case("", lambda i, o: ["--version"]), limit, inputs,
                             pathlib.Path(folder))
        return code == 0 or code == 75 and error.startswith("upscale: ")


def limits(step):
    for kind, number in (("address space", resource.RLIMIT_AS), ("data", resource.RLIMIT_DATA)):
        yield [Limit(f"{kind} {size} MB", number, size * MEGABYTE)
               for size in (*range(30, 60, min(step, 2)), *range(60, 401, step))]
    yield [Limit(f"stack {size} KiB", resource.RLIMIT_STACK, size << 10)
           for size in (64, 96, 128, 192, 256, 512, 1024)]
    yield [Limit(f"files {count}", resource.RLIMIT_NOFILE, count) for count in range(3, 20)]
    yield [Limit(f"processes {count}", resource.RLIMIT_NPROC, count, NOBODY) for count in (0, 1, 2)]


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--step", type=int, default=10, help="MB between limits on memory")
    parser.add_argument("--only", default="", help="commands whose name holds this")
    parser.add_argument("--limit", default="", help="limits whose name holds this")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    failed = count = 0
    with tempfile.TemporaryDirectory() as folder:
        inputs = pathlib.Path(folder)
        make_inputs(inputs)
        for path in (inputs, *inputs.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
        for series in limits(options.step):
            series = [limit for limit in series if options.limit in limit.name]
            able = [limit for limit in series if starts(limit, inputs)]
            if len(able) < len(series):
                print(f"the loader does without us at {series[0].name} to "
                      f"{series[len(series) - len(able) - 1].name}")
            if able and able[0].user is not None and os.geteuid() == 0:
                reachable = subprocess.run(
                    [UPSCALE, "--version"], preexec_fn=lambda: os.setuid(NOBODY),
                    capture_output=True).returncode == 0
                if not reachable:
                    print("limits on processes are left out: another user cannot run the program")
                    continue

            def attempt(pair):
                case, limit = pair
                with tempfile.TemporaryDirectory() as place:
                    os.chmod(place, 0o777)
                    place = pathlib.Path(place)
                    result = run(case, limit, inputs, place)
                    return case, limit, result, complaints(case, limit, *result, place)

            for case in (case for case in cases() if options.only in case.name):
                codes = {}
                with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
                    for case, limit, (code, _, error), found in pool.map(
                            attempt, [(case, limit) for limit in able]):
                        count += 1
                        codes.setdefault(code, []).append(limit.name)
                        if found:
                            failed += 1
                            print(f"FAILED  upscale {case.name}, {limit.name}: {'; '.join(found)}\n"
                                  + "".join(f"    {line}\n" for line in error.splitlines()[:4]),
                                  end="", flush=True)
                if able:
                    print(f"{case.name:44} {able[0].name.rsplit(' ', 2)[0]:14} "
                          + ", ".join(f"{code}: {len(names)} times, from {names[0]}"
                                      for code, names in codes.items()), flush=True)
    print(f"{count} runs, {failed} failed")
    sys.exit(1 if failed else 0)


main()
