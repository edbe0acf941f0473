"""The bot in the container's files; see container-try.sh."""

import atexit
import os
import pathlib
import shutil
import subprocess
import sys
import time

from bot_harness import TOKEN, Telegram, results
from trial import PHOTO, Check, resident, wait

PLACE = os.environ["PLACE"]


def start(telegram):
    """As the container's user, without rights over the root, in an empty environment."""
    command = ["/usr/bin/upscale", "bot", "--health-file", "/state/health",
               "--api-root", telegram.root]
    environment = {"TELEGRAM_BOT_TOKEN": TOKEN, "XDG_STATE_HOME": "/state"}

    def enter():
        os.chroot(PLACE)
        os.chdir("/state")
        os.setgroups([])
        os.setgid(10001)
        os.setuid(10001)

    process = subprocess.Popen(command, env=environment, preexec_fn=enter)
    atexit.register(process.kill)
    return process


def children(process):
    found = []
    for task in pathlib.Path(f"/proc/{process}/task").iterdir():
        found += [int(child) for child in (task / "children").read_text().split()]
    return found


def main():
    check = Check()
    telegram = Telegram()
    telegram.control("user", id=42, language="en")
    begin = time.monotonic()
    bot = start(telegram)
    polled = wait(60, lambda: telegram.control("counters")["polled"], pause=0.01)
    check(polled, f"polls after {time.monotonic() - begin:.2f} s")
    if not polled:
        sys.exit(1)
    telegram.control("photo", user=42, path=str(PHOTO), width=160, height=120)
    check(wait(300, lambda: results(telegram.calls())), "a photo comes back")
    worker = children(bot.pid)
    print(f"      at work: service {resident(bot.pid) / 2**20:.0f} MiB, "
          f"worker {sum(map(resident, worker)) / 2**20:.0f} MiB")
    def is_well():
        return subprocess.run(
            [shutil.which("chroot"), PLACE, "/usr/bin/upscale", "bot", "--check-health",
             "--health-file", "/state/health"], env={}, stderr=subprocess.DEVNULL).returncode == 0

    # The file is written now and then, not at once.
    check(wait(15, is_well, pause=1), "it says that it is well")
    check(wait(90, lambda: not children(bot.pid), pause=1), "the worker goes when there is no work")
    print(f"      idle: {resident(bot.pid) / 2**20:.0f} MiB")
    bot.terminate()
    begin = time.monotonic()
    check(bot.wait(20) == -15, f"SIGTERM ends it, after {time.monotonic() - begin:.1f} s")
    begin = time.monotonic()
    bot = start(telegram)
    wait(60, lambda: telegram.control("counters")["polled"], pause=0.01)
    print(f"      started again, it polls after {time.monotonic() - begin:.2f} s")
    bot.terminate()
    bot.wait(20)
    telegram.close()
    sys.exit(1 if check.failures else 0)


main()
