"""Measures `upscale` against other engines on the same networks, interleaved.

Every engine gets the same weights, the same picture size and the same number of threads. Each round
runs every engine once, in an order that rotates; the tables give medians. First the networks alone,
then whole programs from a PNG file to another.
"""

import argparse
import datetime
import json
import pathlib
import shlex

import torch

import chart
import forward
import ours
import processes
import publish
import report
from engines import ENGINES
from machine import machine
from reference import ROOT

MODELS = ["realesrgan-x4plus", "realesrgan-x4plus-anime", "realesr-animevideov3"]
OURS = [ours.EXACT, ours.FAST, ours.EXACT_AVX2]
AVX2_AT = ("realesrgan-x4plus", "128x128")


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    every = [*OURS, *ENGINES]
    parser.add_argument("--models", nargs="+", choices=MODELS, default=MODELS)
    parser.add_argument("--sizes", nargs="+", default=["128x128", "256x256"], metavar="WxH")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--engines", nargs="+", choices=every, default=every, metavar="NAME",
                        help=f"some of: {', '.join(every)}")
    parser.add_argument("--avx2", action="store_true",
                        help=f"{ours.EXACT_AVX2} everywhere, not only at {' '.join(AVX2_AT)}")
    parser.add_argument("--processes", action=argparse.BooleanOptionalAction, default=True,
                        help="whole programs too, with the first of the models")
    parser.add_argument("--process-size", default="256x256", metavar="WxH", help="at most 512x512")
    parser.add_argument("--process-rounds", type=int, default=3)
    parser.add_argument("--upscale", default=str(ROOT / ".build/release/upscale"))
    parser.add_argument("--output", default=str(ROOT / "Benchmarks" / "results"))
    parser.add_argument("--publish", action="store_true",
                        help="write Documentation/Speed.md and speed.svg too")
    arguments = parser.parse_args()
    if not pathlib.Path(arguments.upscale).is_file() and set(OURS) & set(arguments.engines):
        parser.error(f"{arguments.upscale} does not exist: build it first, or choose --engines")
    return parser, arguments


def command(parser, arguments):
    """How to run this again: what is not the default, without the places of files."""
    words = ["Scripts/bench.sh"]
    for name, value in vars(arguments).items():
        if name in ("upscale", "output", "publish") or value == parser.get_default(name):
            continue
        option = name.replace("_", "-")
        if isinstance(value, bool):
            words.append(f"--{option}" if value else f"--no-{option}")
        else:
            words += [f"--{option}", *map(str, value if isinstance(value, list) else [value])]
    return shlex.join(words)


def size(text):
    width, height = map(int, text.split("x"))
    return width, height


def main():
    parser, arguments = parse()
    threads = arguments.threads
    torch.set_num_threads(threads)
    variants = ours.variants(arguments.upscale, threads, arguments.engines)
    peers = [name for name in ENGINES if name in arguments.engines]
    about = machine()
    if variants:
        about["versions"] = {"upscale": ours.version(arguments.upscale)} | about["versions"]
    document = {
        "date": datetime.date.today().isoformat(),
        "command": command(parser, arguments),
        "machine": about,
        "networks": [],
        "processes": [],
    }
    print(f"{report.conditions(document)}\n", flush=True)
    directory = pathlib.Path(arguments.output)
    directory.mkdir(parents=True, exist_ok=True)

    def keep(kind, result, table):
        """Writes after every result: an hour's run may be interrupted."""
        document[kind].append(result)
        print(table(result), flush=True)
        (directory / "peers.json").write_text(json.dumps(document, indent=2) + "\n")
        page = f"{report.conditions(document)}\n\n{report.tables(document)}"
        (directory / "peers.md").write_text(page)
        (directory / "peers.svg").write_text(chart.draw(document))

    for model in arguments.models:
        psnr = forward.accuracy(variants, peers, model, threads)
        for text in arguments.sizes:
            here = dict(variants)
            if not arguments.avx2 and (model, text) != AVX2_AT:
                here.pop(ours.EXACT_AVX2, None)
            result = forward.measure(
                here, peers, model, *size(text), threads, arguments.rounds, psnr
            )
            keep("networks", result, report.table)
    if arguments.processes:
        commands = {name: variants[name] for name in (ours.EXACT, ours.FAST) if name in variants}
        result = processes.measure(
            commands, arguments.models[0], *size(arguments.process_size), threads,
            arguments.process_rounds,
        )
        keep("processes", result, report.process_table)
    if arguments.publish:
        publish.publish(document)


if __name__ == "__main__":
    main()
