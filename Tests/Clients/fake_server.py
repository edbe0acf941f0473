"""The tests' Bot API server as a process, and its control."""

import asyncio
import json
import subprocess
import time
import urllib.error
import urllib.request

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
ANN = 42

# How many checks held.
checks = 0


def check(condition, words):
    global checks
    checks += 1
    if not condition:
        raise AssertionError(words)


class Fake:
    """The server as a process, and its control."""

    def __init__(self, program, *arguments):
        self.process = subprocess.Popen(
            [program, "--token", TOKEN, *arguments], stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline().split()
        check(line[:1] == ["listening"], "the server does not listen")
        self.root = line[1]

    def __enter__(self):
        return self

    def __exit__(self, *error):
        try:
            if error[0] is None:
                self.control("quit")
                check(self.process.wait(10) == 0, "the server did not end well")
        finally:
            self.process.kill()
            self.process.wait()

    def post(self, path, request):
        body = json.dumps(request).encode()
        request = urllib.request.Request(
            self.root + path, body, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            return json.load(error)

    def control(self, order, /, **request):
        answer = self.post("/control/" + order, request)
        if "error" in answer:
            raise AssertionError(f"{order}: {answer['error']}")
        return answer

    def call(self, method, /, **request):
        return self.post(f"/bot{TOKEN}/{method}", request)

    def answers(self):
        messages = self.control("messages", chat=ANN)["messages"]
        return [message for message in messages if message["from_bot"]]

    def calls(self, method=None):
        calls = self.control("calls")["calls"]
        return [call for call in calls if method in (None, call["method"])]


async def until(condition, words, seconds=20):
    """Waits for what the server is to see."""
    end = time.monotonic() + seconds
    while True:
        value = await asyncio.to_thread(condition)
        if value:
            check(True, words)
            return value
        if time.monotonic() >= end:
            raise AssertionError(f"did not come: {words}")
        await asyncio.sleep(0.05)
