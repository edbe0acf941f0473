"""Compares `upscale` with PyTorch on models of spandrel's classes, in every form of file.

Each case makes a small network with random weights from a seed, writes it as a file, enlarges a small
picture with `upscale` at 16 bits, and compares it with the network in float64 with the file's weights.
Exits with 1 if any output is below 100 dB.
"""

import argparse
import collections
import pathlib
import subprocess
import tempfile

import numpy as np
import torch
from safetensors.torch import save_file

import compare
import models
import ncnnfiles
import pictures
from storages import channels_last, shared

FORMATS = ["zip", "legacy", "safetensors"]


def write(path, content, form):
    if form == "safetensors":
        save_file({name: tensor.contiguous() for name, tensor in content.items()}, path)
    else:
        torch.save(content, path, _use_new_zipfile_serialization=form == "zip")


def suffix(form):
    return "safetensors" if form == "safetensors" else "pth"


def picture(seed, channels, width=16, height=12):
    generator = np.random.default_rng(seed)
    return generator.integers(0, 256, (height, width, channels), dtype=np.uint8)


def run_network(network, crop):
    """What a network makes of (height, width, channels), in float64."""
    tensor = torch.from_numpy(crop.astype(np.float64) / 255).permute(2, 0, 1)[None]
    with torch.inference_mode():
        result = network.double()(tensor)[0].permute(1, 2, 0).numpy()
    return np.floor(np.clip(result, 0, 1) * 65535 + 0.5).astype(np.uint16)


class Case:
    """One file: its network, what it is saved as, and what is saved."""

    def __init__(self, name, network, form, inputs=3, wrap=lambda s: s, family="old", dtype=None,
                 activation=None, shape=lambda s: s):
        self.name, self.network, self.form, self.inputs = name, network, form, inputs
        self.wrap, self.family, self.dtype = wrap, family, dtype
        self.activation, self.shape = activation, shape

    def write(self, path):
        state = self.network.state_dict()
        if self.dtype:
            state = {name: tensor.to(self.dtype) for name, tensor in state.items()}
            # The reference has the file's numbers.
            self.network = self.network.double()
            self.network.load_state_dict({k: v.double() for k, v in state.items()})
        if isinstance(self.network, models.ESRGAN):
            state = models.renamed(state, self.family)
        write(path, self.wrap(self.shape(collections.OrderedDict(state))), self.form)


def transposed(state):
    """Kernels as transposed views."""
    return {
        name: t.permute(1, 0, 3, 2).contiguous().permute(1, 0, 3, 2) if t.ndim == 4 else t
        for name, t in state.items()
    }


def parameters(state):
    return collections.OrderedDict((k, torch.nn.Parameter(v)) for k, v in state.items())


def cases():
    seed = iter(range(1000, 100000))
    made = []

    def add(name, network, **settings):
        made.append(Case(name, network, **settings))

    # Families, scales and formats.
    for family, scales in [("old", [1, 2, 4, 8, 16]), ("new", [2, 4, 8]), ("newer", [2, 4, 8, 16])]:
        for scale in scales:
            for form in FORMATS:
                network = models.esrgan(next(seed), scale=scale)
                add(f"rrdb-{family}-x{scale}-{form}", network, form=form, family=family)
    for unshuffle, scale in [(2, 2), (4, 1), (2, 1), (4, 2)]:
        for form, family in [("zip", "newer"), ("legacy", "old"), ("safetensors", "newer")]:
            network = models.esrgan(next(seed), scale=scale, unshuffle=unshuffle)
            add(f"rrdb-unshuffle{unshuffle}-x{scale}-{form}", network, form=form, family=family)
    for form in FORMATS:
        network = models.esrgan(next(seed), scale=4, plus=True, features=12, blocks=2)
        add(f"esrgan-plus-x4-{form}", network, form=form)
    for features, blocks in [(64, 2), (24, 3), (33, 1), (5, 2)]:
        network = models.esrgan(next(seed), features=features, blocks=blocks, scale=2)
        add(f"rrdb-{features}nf-{blocks}nb-zip", network, form="zip")
    for inputs, outputs in [(1, 1), (4, 4), (1, 3), (3, 1), (4, 3), (3, 4)]:
        network = models.esrgan(next(seed), inputs=inputs, outputs=outputs, scale=2)
        if (inputs, outputs) == (4, 1):
            continue
        add(f"rrdb-{inputs}to{outputs}-zip", network, form="zip", inputs=inputs)
    for scale in [1, 2, 3, 4, 8]:
        for form in FORMATS:
            add(f"compact-x{scale}-{form}", models.compact(next(seed), scale=scale), form=form)
    for activation in ["relu", "leakyrelu"]:
        for form in FORMATS:
            network = models.compact(next(seed), scale=2, activation=activation)
            add(f"compact-{activation}-{form}", network, form=form, activation=activation)
    for inputs, outputs in [(1, 1), (4, 4), (1, 3)]:
        network = models.compact(next(seed), inputs=inputs, outputs=outputs, scale=2)
        add(f"compact-{inputs}to{outputs}-zip", network, form="zip", inputs=inputs)
    for features, convolutions in [(64, 16), (48, 0), (17, 5)]:
        network = models.compact(next(seed), features=features, convolutions=convolutions, scale=2)
        add(f"compact-{features}nf-{convolutions}nc-zip", network, form="zip")

    for scale in [1, 2, 3, 4]:
        for form in FORMATS:
            add(f"span-x{scale}-{form}", models.span(next(seed), scale=scale), form=form)
    for inputs in [1, 3, 4]:
        network = models.span(next(seed), inputs=inputs, scale=2, norm=False)
        add(f"span-no-norm-{inputs}-zip", network, form="zip", inputs=inputs)
    for features in [17, 48, 52]:
        for dtype in [None, torch.float16]:
            network = models.span(next(seed), features=features, scale=2)
            add(f"span-{features}nf-{dtype or 'float32'}-zip", network, form="zip", dtype=dtype)
    network = models.span(next(seed), scale=2)
    add("span-params-zip", network, form="zip", wrap=lambda s: {"params": s})

    # Element types.
    for dtype in [torch.float16, torch.bfloat16, torch.float64]:
        for form in FORMATS:
            kind = str(dtype).removeprefix("torch.")
            add(f"rrdb-{kind}-{form}", models.esrgan(next(seed), scale=2), form=form, dtype=dtype)

    # Wrappers, and what stands beside the weights.
    decoy = models.esrgan(next(seed), scale=2).state_dict()
    wrappers = {
        "params": lambda s: {"params": s},
        "params_ema": lambda s: {"params": decoy, "params_ema": s},
        "model_state_dict": lambda s: {"epoch": 3, "model_state_dict": s},
        "state_dict": lambda s: {"state_dict": s, "loss": np.float64(0.5), "iter": 12},
        "net": lambda s: {"net": s},
        "model": lambda s: {"model": s, "lr": torch.tensor(1e-4), "betas": (0.9, 0.99)},
        "single": lambda s: {"generator": s},
        "module": lambda s: {f"module.{k}": v for k, v in s.items()},
        "netG": lambda s: {f"netG.{k}": v for k, v in s.items()},
        "counters": lambda s: {**s, "step": torch.tensor(5, dtype=torch.int64)},
        "parameters": lambda s: {"params": parameters(s)},
    }
    for name, wrap in wrappers.items():
        for form in ["zip", "legacy"]:
            network = models.esrgan(next(seed), scale=2)
            add(f"wrapped-{name}-{form}", network, form=form, wrap=wrap, family="newer")
    for both in ["params_ema", "params"]:
        network = models.esrgan(next(seed), scale=2)
        wrap = lambda s, both=both: {f"{both}.{k}": v for k, v in s.items()} | (
            {f"params.{k}": v for k, v in models.renamed(decoy, "newer").items()}
            if both == "params_ema" else {})
        add(f"wrapped-{both}-safetensors", network, form="safetensors", wrap=wrap, family="newer")

    # How tensors lie in storages.
    for name, shape in [("channels-last", channels_last), ("shared", shared), ("views", transposed)]:
        for form in ["zip", "legacy"]:
            network = models.esrgan(next(seed), scale=2)
            add(f"storage-{name}-{form}", network, form=form, shape=shape)
    return made


def converted(upscale, path, activation, directory):
    """A file that says what the state dictionary does not."""
    target = f"{directory}/converted.safetensors"
    command = [upscale, "model", "convert", path, target, "--activation", activation]
    subprocess.run(command, check=True)
    return target


def enlarge(upscale, crop, model, directory):
    source, target = f"{directory}/input.png", f"{directory}/output.png"
    pictures.write_png(source, crop)
    pathlib.Path(target).unlink(missing_ok=True)
    command = [upscale, "image", source, target, "-m", str(model), "--depth", "16", "-t", "2"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        return None, done.stderr.strip()
    return pictures.read_png(target), ""


def fitted(expected, channels):
    """The network's channels as the picture has them: alpha is left out, gray is in every colour."""
    if expected.shape[2] == 4 and channels == 3:
        return expected[:, :, :3]
    if expected.shape[2] == 1 and channels == 3:
        return np.repeat(expected, 3, 2)
    return expected


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--upscale", default=str(compare.ROOT / ".build/release/upscale"))
    parser.add_argument("--only", default="", help="cases whose name contains this")
    arguments = parser.parse_args()
    torch.set_grad_enabled(False)
    torch.set_num_threads(1)
    failures, count = [], 0
    with tempfile.TemporaryDirectory() as directory:
        chosen = [c for c in cases() if arguments.only in c.name]
        for number, case in enumerate(chosen):
            path = f"{directory}/{case.name}.{suffix(case.form)}"
            case.write(path)
            crop = picture(number, case.inputs)
            if case.inputs == 4:
                # Colours of invisible pixels are replaced before the network sees them.
                crop[:, :, 3] = np.maximum(crop[:, :, 3], 1)
            expected = run_network(case.network, crop)
            if case.inputs == 1 and expected.shape[2] == 3:
                crop = np.repeat(crop, 3, 2)  # The luma of these is the gray.
            if case.inputs == 4 and expected.shape[2] == 3:
                crop[:, :, 3] = 255
                expected = run_network(case.network, crop)
                crop = np.ascontiguousarray(crop[:, :, :3])  # There alpha is 1.
            model = path
            if case.activation:
                model = converted(arguments.upscale, path, case.activation, directory)
            actual, said = enlarge(arguments.upscale, crop, model, directory)
            failures += report(case.name, actual, said, fitted(expected, crop.shape[2]))
            count += 1
            pathlib.Path(path).unlink()
        for name, paths, expected, crop in ncnnfiles.cases(directory, run_network, picture):
            if arguments.only not in name:
                continue
            actual, said = enlarge(arguments.upscale, crop, paths, directory)
            failures += report(name, actual, said, expected)
            count += 1
    print(f"\n{count} files, {len(failures)} not equal: {' '.join(failures)}")
    raise SystemExit(1 if failures else 0)


def report(name, actual, said, expected):
    """Prints a line; a list of the name if the case failed."""
    if actual is None or actual.shape != expected.shape:
        shape = "" if actual is None else f"{actual.shape}, not {expected.shape}"
        print(f"{name}: FAILED {said}{shape}", flush=True)
        return [name]
    psnr = compare.psnr(actual, expected)
    flaw = "" if psnr >= compare.LEAST_PSNR else " NOT EXACT"
    print(f"{name}: {psnr:.1f} dB{flaw}", flush=True)
    return [name] if flaw else []


if __name__ == "__main__":
    main()
