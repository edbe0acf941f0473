"""Runs `upscale` on sample crops with every bundled model and compares with the float64 network.

Exits with 1 if any output is not exact (see compare.py).
"""

import argparse
import pathlib
import subprocess
import tempfile

import compare
import pictures
from bundled import BUNDLED

GOLDEN_INPUTS = compare.ROOT / "Tests" / "Golden" / "inputs"
# Larger than the goldens: picture of scikit-image, x, y, width, height
CROPS = {
    "chelsea-96x64": ("chelsea", 130, 70, 96, 64),
    "coffee-131x97": ("coffee", 250, 120, 131, 97),
    "astronaut-64x150": ("astronaut", 200, 60, 64, 150),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--upscale", default=str(compare.ROOT / ".build/release/upscale"))
    parser.add_argument("--threads", type=int, nargs="+", default=[2])
    parser.add_argument("--models", nargs="+", default=BUNDLED)
    parser.add_argument("--quick", action="store_true", help="only the goldens' small crops")
    arguments = parser.parse_args()
    if not pathlib.Path(arguments.upscale).is_file():
        parser.error(f"{arguments.upscale} does not exist: build it first")

    crops = {path.stem: pictures.read_png(path) for path in sorted(GOLDEN_INPUTS.glob("*.png"))}
    if not arguments.quick:
        crops |= {name: pictures.sample(*place) for name, place in CROPS.items()}
    print("| model | crop | threads | PSNR, dB | 8-bit samples that differ | by at most | 16-bit |")
    print("|---|---|---|---|---|---|---|")
    failures = 0
    with tempfile.TemporaryDirectory() as directory:
        for model in arguments.models:
            network = compare.load(model)
            for name, crop in crops.items():
                source, target = f"{directory}/{name}.png", f"{directory}/output.png"
                pictures.write_png(source, crop)
                expected = compare.reference(network, crop)
                for threads in arguments.threads:
                    command = [arguments.upscale, "image", source, target, "--model", model]
                    command += ["--depth", "16", "--threads", str(threads)]
                    pathlib.Path(target).unlink(missing_ok=True)
                    subprocess.run(command, check=True, stderr=subprocess.PIPE)
                    result = compare.compare(pictures.read_png(target), expected)
                    failures += not result["exact"]
                    print(
                        f"| {model} | {name} | {threads} | {result['psnr']:.1f} "
                        f"| {result['differing']:.4%} | {result['largest']} "
                        f"| {result['largest16']}{'' if result['exact'] else ' **not exact**'} |",
                        flush=True,
                    )
    print(f"\n{failures} outputs are not exact" if failures else "\nevery output is exact")
    raise SystemExit(1 if failures else 0)


if __name__ == "__main__":
    main()
