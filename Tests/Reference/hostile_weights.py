"""Hostile weight files: what `upscale` says of each, and what torch.load(weights_only=True) does.

Each file must be refused with exit code 78 and one sentence that names it, in less than 2 s and 256 MB,
with no file touched. Then PyTorch (for .safetensors its own library) is asked; where it loads what is
refused here, the table at the end says why. Exits with 1 if anything is not refused.
"""

import argparse
import collections
import os
import pathlib
import subprocess
import sys
import tempfile
import time

from hostile_contents import bombs, executions, lies
from hostile_parts import dictionary, legacy, zipped
from hostile_shapes import cuts, tricks


def files():
    seen = set()
    for make in [executions, bombs, lies, tricks, cuts]:
        for title, content in make():
            assert title not in seen, title
            seen.add(title)
            yield title, content


# ---- Verdicts

# What PyTorch loads and `upscale` refuses, and why it does.
REASONS = [
    ("bomb-", "costs time or memory and no weights need it"),
    ("lie-root-", "holds no weights"),
    ("lie-nan", "would make black pictures"),
    ("lie-infinity", "would make black pictures"),
    ("lie-double-too-large", "is no number in float32"),
    ("zip-crc", "its checksum says that it is damaged"),
    ("zip-method", "compressed entries are bombs"),
    ("zip-", "means different things to different readers"),
    ("run-route-", "instructions that no weights need, although these do nothing"),
    ("run-reduce-", "names that no weights need, although these do nothing"),
    ("lie-", "the tensors are no network that is known, or damaged"),
    ("json-", "no such network"),
    ("cut-legacy", "the last storage is cut, which PyTorch does not see where nothing reads it"),
]


def ask_torch(folder):
    """In a process of its own: prints the verdict on each file."""
    import resource
    import signal
    import warnings

    import torch
    from safetensors.torch import load_file

    warnings.simplefilter("ignore")
    resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
    sys.setrecursionlimit(1000)

    def late(*_):
        raise TimeoutError

    signal.signal(signal.SIGALRM, late)
    done = set(sys.stdin.read().split("\n"))
    for path in sorted(pathlib.Path(folder).iterdir()):
        if path.name in done:
            continue
        print(path.name, end="\t", flush=True)
        signal.alarm(20)
        try:
            load = load_file if path.suffix == ".safetensors" else (
                lambda p: torch.load(p, map_location="cpu", weights_only=True))
            load(path)
            print("loads", flush=True)
        except BaseException as error:
            print("refuses", type(error).__name__, flush=True)
        finally:
            signal.alarm(0)


def torch_verdicts(folder, work):
    verdicts, output = {}, ""
    for _ in range(20):
        done = subprocess.run(
            [sys.executable, __file__, "--ask-torch", str(folder)], input=output, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=work)
        for line in done.stdout.splitlines():
            title, _, verdict = line.partition("\t")
            verdicts[title] = verdict or "crashes"
        output = "\n".join(verdicts)
        if done.returncode == 0:
            break
    return verdicts


def ask(upscale, path, work):
    """(exit code, standard error, seconds, MB) of `upscale model info`."""
    start = time.monotonic()
    read, write = os.pipe()
    process = os.fork()
    if process == 0:
        os.chdir(work)
        os.dup2(write, 2)
        os.dup2(os.open("/dev/null", os.O_WRONLY), 1)
        os.close(read)
        os.execv(upscale, [upscale, "model", "info", str(path)])
    os.close(write)
    said = b""
    while part := os.read(read, 65536):
        said += part
    os.close(read)
    _, status, usage = os.wait4(process, 0)
    return os.waitstatus_to_exitcode(status), said.decode(), time.monotonic() - start, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    root = pathlib.Path(__file__).resolve().parents[2]
    parser.add_argument("--upscale", default=str(root / ".build/release/upscale"))
    parser.add_argument("--ask-torch", help=argparse.SUPPRESS)
    parser.add_argument("--without-torch", action="store_true", help="ask upscale alone")
    parser.add_argument("--verbose", action="store_true", help="print every sentence")
    arguments = parser.parse_args()
    if arguments.ask_torch:
        return ask_torch(arguments.ask_torch)
    upscale = os.path.abspath(arguments.upscale)
    failures, slowest, largest, count = [], ("", 0.0), ("", 0.0), 0
    with tempfile.TemporaryDirectory() as top:
        folder, work = pathlib.Path(top, "files"), pathlib.Path(top, "work")
        folder.mkdir()
        work.mkdir()
        (work / "victim").touch()
        for title, good in [("good.pth", zipped(dictionary())), ("good-legacy.pth", legacy(dictionary(True)))]:
            pathlib.Path(top, title).write_bytes(good)
            code, said, _, _ = ask(upscale, pathlib.Path(top, title), work)
            if code:
                failures.append(f"{title} should load: {said}")
        verdicts = {}
        for title, content in files():
            path = folder / title
            path.write_bytes(content)
            code, said, seconds, megabytes = ask(upscale, path, work)
            count += 1
            slowest, largest = max(slowest, (title, seconds), key=lambda v: v[1]), max(
                largest, (title, megabytes), key=lambda v: v[1])
            if arguments.verbose:
                print(f"{title}: {said.strip()[len(str(folder)) + 10 :]}")
            flaws = [] if code == 78 else [f"exit code {code}"]
            flaws += [] if said.count("\n") == 1 and title in said else [f"says {said!r}"]
            flaws += [] if seconds < 2 and megabytes < 256 else [f"{seconds:.1f} s, {megabytes:.0f} MB"]
            flaws += [] if os.listdir(work) == ["victim"] else [f"leaves {os.listdir(work)}"]
            if flaws:
                failures.append(f"{title}: {'; '.join(flaws)}")
        verdicts = {} if arguments.without_torch else torch_verdicts(folder, work)
        if os.listdir(work) != ["victim"]:
            print(f"PyTorch left {os.listdir(work)}")
    print(f"{count} files; slowest {slowest[0]} {slowest[1]:.2f} s; largest {largest[0]} {largest[1]:.0f} MB")
    loaded = [title for title, verdict in verdicts.items() if not verdict.startswith("refuses")]
    print(f"PyTorch and safetensors refuse {len(verdicts) - len(loaded)}, and load {len(loaded)}:")
    groups = collections.defaultdict(list)
    for title in loaded:
        reason = next((r for start, r in REASONS if title.startswith(start)), "UNEXPLAINED")
        groups[reason].append(title + (" (it crashes)" if verdicts[title] == "crashes" else ""))
    for reason, titles in groups.items():
        print(f"- refused here because it {reason}: {', '.join(titles)}")
    print("\n".join(["", *failures, f"{len(failures)} failures"]))
    raise SystemExit(1 if failures else 0)


if __name__ == "__main__":
    main()
