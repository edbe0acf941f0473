"""The networks alone: time and accuracy of the forward pass, with nothing decoded or loaded."""

import statistics
import time

import numpy as np
import torch

import engines
from ratios import ratios
from reference import compare, pictures
from rounds import interleaved

ACCURACY_CROP = ("chelsea", 130, 80, 64, 64)


def multiplications(model, height, width):
    """Multiply-adds of all convolutions for one picture of this size."""
    network, total = compare.load(model).float(), 0

    def count(layer, _, output):
        nonlocal total
        total += layer.weight.numel() * output.shape[-1] * output.shape[-2]

    for layer in network.modules():
        if isinstance(layer, torch.nn.Conv2d):
            layer.register_forward_hook(count)
    with torch.inference_mode():
        network(torch.zeros(1, 3, 8, 8))
    return total * height * width / 64


def accuracy(ours, peers, model, threads):
    """{engine: PSNR in dB} against the float64 network, of 16-bit outputs."""
    crop = pictures.sample(*ACCURACY_CROP)
    height, width = crop.shape[:2]
    expected = compare.reference(compare.load(model), crop)
    x = np.ascontiguousarray(pictures.to_tensor(crop).numpy(), np.float32)  # ncnn reads it as it is
    ready = engines.prepare_all(peers, model, height, width, threads)
    outputs = {name: pictures.to_16_bits(run(x)) for name, run in ready.items()}
    outputs |= {name: upscale.output(model, crop) for name, upscale in ours.items()}
    return {name: compare.psnr(output, expected) for name, output in outputs.items()}


def measure(ours, peers, model, width, height, threads, rounds, psnr):
    """One model at one size: what goes into peers.json."""
    x = np.random.default_rng(1).random((1, 3, height, width), dtype=np.float32)
    reports, tasks = {}, {}

    def peer(run):
        def timed():
            start = time.perf_counter()
            run(x)
            return time.perf_counter() - start

        return timed

    def our(name, upscale):
        def timed():
            reports[name] = upscale.bench(model, height, width)
            return reports[name]["seconds"]

        return timed

    for name, run in engines.prepare_all(peers, model, height, width, threads).items():
        run(x)  # The first call allocates and tunes; `upscale bench` does the same by itself.
        tasks[name] = peer(run)
    for name, upscale in ours.items():
        tasks[name] = our(name, upscale)
    measured = {
        name: {
            "precision": ours[name].precision if name in ours else engines.precision(name),
            "cpu": reports[name]["cpu"] if name in reports else None,
            "psnr": psnr.get(name),
            "median": statistics.median(times),
            "fastest": min(times),
            "times": times,
        }
        for name, times in interleaved(tasks, rounds).items()
    }
    return {
        "model": model, "width": width, "height": height, "threads": threads,
        "macs": multiplications(model, height, width),
        "engines": measured,
        "ratios": ratios(measured),
    }
