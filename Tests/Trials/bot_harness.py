"""A fake Telegram, people and the bot, for the scripts that try `upscale bot`.

Uses .build/release/upscale (`make build`, or UPSCALE), builds the fake server if need be (FAKE_BOT_API
names one), and needs nothing but Python's own library.
"""

import atexit
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.request

import png
from trial import ROOT, UPSCALE, resident

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"


class Telegram:
    """The fake server, steered by its control calls."""

    def __init__(self, *options):
        program = pathlib.Path(
            os.environ.get("FAKE_BOT_API", ROOT / ".build/release/fake-bot-api"))
        if not program.exists():
            subprocess.run(["swift", "build", "-c", "release", "--product", "fake-bot-api"],
                           cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        self.process = subprocess.Popen(
            [program, "--token", TOKEN, *options], stdout=subprocess.PIPE, text=True)
        atexit.register(self.process.kill)
        self.root = self.process.stdout.readline().split()[1]

    def control(self, action, /, **members):
        request = urllib.request.Request(
            f"{self.root}/control/{action}", json.dumps(members).encode(), method="POST")
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
            return json.load(answer)

    def calls(self, since=0):
        return self.control("calls", since=since)["calls"]

    def close(self):
        self.process.terminate()
        self.process.wait()


class Bot:
    """The bot's process, in a folder of its own."""

    def __init__(self, telegram, *options, folder=None, quiet=False):
        self.telegram = telegram
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="upscale-bot-"))
        self.options = options
        self.log_path = self.folder / "log"
        self.quiet = quiet
        self.process = None

    def start(self):
        environment = dict(os.environ, TELEGRAM_BOT_TOKEN=TOKEN)
        environment.pop("http_proxy", None)
        arguments = [UPSCALE, "bot", "--api-root", self.telegram.root,
                     "--state-dir", str(self.folder / "state"), *self.options]
        if not self.quiet:
            arguments.append("--verbose")
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                arguments, stdout=log, stderr=log, env=environment, cwd=self.folder)
        atexit.register(self.process.kill)
        return self

    def log(self):
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        """Ends it as a service manager does; gives its exit code and the seconds it took."""
        start = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(30)
        return code, time.monotonic() - start

    def worker(self):
        """The worker's process number, or None."""
        try:
            for task in pathlib.Path(f"/proc/{self.process.pid}/task").iterdir():
                children = (task / "children").read_text().split()
                if children:
                    return int(children[0])
        except OSError:
            pass
        return None

    def memory(self):
        """Resident bytes of the service and its worker."""
        worker = self.worker()
        return resident(self.process.pid), resident(worker) if worker else 0

    def work_files(self):
        return [path.name for path in self.folder.glob("state/*/work/*")]

    def clean(self):
        shutil.rmtree(self.folder, ignore_errors=True)


def picture(width, height, seed, alpha=False):
    """A PNG of soft colours, each seed another one."""
    chance = random.Random(seed)
    channels = 4 if alpha else 3
    base = [chance.randrange(40, 216) for _ in range(channels)]
    slope = [(chance.random() - 0.5, chance.random() - 0.5) for _ in range(channels)]
    samples = bytearray()
    for y in range(height):
        for x in range(width):
            for c in range(channels):
                value = base[c] + slope[c][0] * x + slope[c][1] * y + chance.randrange(8)
                samples.append(max(0, min(255, int(value))))
    return png.encode(width, height, bytes(samples), colour=png.RGBA if alpha else png.RGB)


def results(calls):
    """Uploads that took effect, by the message that they answer."""
    found = {}
    for call in calls:
        if call["method"] == "sendDocument" and call["took_effect"]:
            reply = json.loads(call["fields"]["reply_parameters"])["message_id"]
            found.setdefault((int(call["fields"]["chat_id"]), reply), []).append(call)
    return found


def check_answers(check, telegram, messages, expected):
    """Every picture was answered by its own bytes, and nobody by what he did not send.

    `messages` has what was sent by (chat, message), `expected` gives the file that answers it.
    Returns the uploads by (chat, message).
    """
    found = results(telegram.calls())
    check(set(found) <= set(messages), "no answer to what nobody sent")
    check(not set(messages) - set(found), f"lost: {len(set(messages) - set(found))}")
    wrong = sum(
        pathlib.Path(call["uploads"]["document"]["path"]).read_bytes()
        != expected(messages[key]).read_bytes()
        for key, uploads in found.items() for call in uploads)
    check(wrong == 0, f"every answer has the bytes of its own picture ({wrong} wrong)")
    violations = telegram.control("violations")["violations"]
    check(not violations, f"violations of the Bot API: {violations[:3]}")
    return found

