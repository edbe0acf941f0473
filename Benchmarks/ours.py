"""`upscale`, measured by itself in a process of its own."""

import json
import os
import subprocess
import sys
import tempfile

from reference import pictures

EXACT, FAST, EXACT_AVX2 = "upscale exact", "upscale fast", "upscale exact AVX2"
SMALLEST_MODEL = "realesr-animevideov3"


class Upscale:
    """One way to run it: a precision and, if not the highest, a level of CPU."""

    def __init__(self, program, threads, precision, level=None):
        self.program, self.precision = program, precision
        self.options = ["--precision", precision, "--threads", str(threads)]
        self.environment = os.environ | ({"UPSCALE_CPU_LEVEL": level} if level else {})

    def bench(self, model, height, width):
        """The report of `upscale bench` on one pass."""
        command = [self.program, "bench", "--json", "--model", model, "--runs", "1"]
        command += ["--width", str(width), "--height", str(height), *self.options]
        return json.loads(self.run(command).splitlines()[-1])

    def output(self, model, picture):
        """What `upscale image` makes of a picture, at 16 bits."""
        with tempfile.TemporaryDirectory() as directory:
            source, target = f"{directory}/in.png", f"{directory}/out.png"
            pictures.write_png(source, picture)
            self.run([*self.image(source, target, model), "--depth", "16"])
            return pictures.read_png(target)

    def image(self, source, target, model):
        """The command that enlarges a file."""
        return [self.program, "image", source, target, "--model", model, *self.options]

    def run(self, command):
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(command)} fails: {done.stderr.strip()}")
        return done.stdout


def version(program):
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def variants(program, threads, names):
    """{name: Upscale} of those that this CPU tells apart; the others are named on stderr."""
    every = {
        EXACT: Upscale(program, threads, "exact"),
        FAST: Upscale(program, threads, "fast"),
        EXACT_AVX2: Upscale(program, threads, "exact", "avx2"),
    }
    chosen = {name: every[name] for name in every if name in names}
    if FAST in chosen and every[FAST].bench(SMALLEST_MODEL, 16, 16)["precision"] != "fast":
        print(f"{FAST} is left out: this CPU lacks the instructions for it", file=sys.stderr)
        del chosen[FAST]
    if EXACT_AVX2 in chosen:
        level = every[EXACT].bench(SMALLEST_MODEL, 16, 16)["cpu"]
        if level in ("baseline", "AVX2"):
            print(f"{EXACT_AVX2} is left out: this CPU's level is {level}", file=sys.stderr)
            del chosen[EXACT_AVX2]
    return chosen
