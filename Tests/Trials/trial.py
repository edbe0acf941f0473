"""What the trials share: the program, the sample pictures, what the system says of a process."""

import os
import pathlib
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
# The program under trial; UPSCALE names another one.
UPSCALE = os.path.abspath(os.environ.get("UPSCALE", ROOT / ".build/release/upscale"))
PHOTO = ROOT / "Tests/Fixtures/cat.jpg"
GOLDEN = ROOT / "Tests/Golden"


def setting(name, default):
    """A number that a variable of the environment can change: fewer rounds, another seed."""
    return type(default)(os.environ.get(name, default))


def resident(process):
    """Bytes of a process in memory; 0 when it is gone."""
    try:
        return int(pathlib.Path(f"/proc/{process}/statm").read_text().split()[1]) * 4096
    except OSError:
        return 0


def cpu_seconds(process):
    """What a process has computed so far."""
    try:
        fields = pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except OSError:
        return None


def wait(seconds, condition, pause=0.1):
    """Waits until a condition holds; whether it did."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(pause)
    return condition()


class Check:
    """Counts what holds and what does not."""

    def __init__(self):
        self.failures = 0

    def __call__(self, holds, text):
        print(("ok    " if holds else "FAILS ") + text, flush=True)
        self.failures += not holds
        return holds


def summary(failures, passed):
    """Says what failed, and gives the exit code."""
    for failure in failures:
        print(f"FAILED: {failure}")
    print(f"{passed - len(failures)} passed, {len(failures)} failed")
    return 1 if failures else 0
