#!/usr/bin/env python3
"""Measures how soon a running x4plus computation stops: by /cancel, /restart, /upscale_image, the button.

The time is from the user's message reaching the fake Telegram to the last moment at which the worker
was seen computing (by its processor time, looked at every 20 ms; two still looks count as standing).
Options by environment: ROUNDS, UPSCALE.
"""

import statistics
import sys
import time

from bot_harness import Bot, Telegram, picture
from trial import Check, cpu_seconds, setting, wait

ROUNDS = setting("ROUNDS", 5)


def computes(bot):
    worker = bot.worker()
    before = cpu_seconds(worker) if worker else None
    time.sleep(0.2)
    after = cpu_seconds(worker) if worker else None
    return before is not None and after is not None and after - before > 0.1


def seconds_to_rest(bot):
    worker = bot.worker()
    start = time.monotonic()
    last, seen, still = start, cpu_seconds(worker), 0
    while time.monotonic() - start < 10 and still < 15:
        time.sleep(0.02)
        now = cpu_seconds(worker)
        if now is None:
            return time.monotonic() - start
        if now - seen > 0.011:
            last, still = time.monotonic(), 0
        else:
            still += 1
        seen = now
    return last - start


def main():
    check = Check()
    telegram = Telegram()
    bot = Bot(telegram).start()
    wait(60, lambda: telegram.control("counters")["polled"])
    telegram.control("user", id=42, language="en")
    large = bot.folder / "large.png"
    large.write_bytes(picture(900, 700, 1))
    for means in ("/cancel", "/restart", "/upscale_image", "button"):
        times = []
        for _ in range(ROUNDS):
            sent = telegram.control(
                "photo", user=42, path=str(large), width=900, height=700)["message"]

            def card():
                return [message for message in telegram.control("messages", chat=42)["messages"]
                        if message.get("reply") == sent and message["from_bot"]]

            wait(30, card)
            if not wait(60, lambda: computes(bot)):
                check(False, f"{means}: it never computed")
                sys.exit(1)
            if means == "button":
                telegram.control("press", user=42, message=card()[0]["message"], label="Cancel")
            else:
                telegram.control("text", user=42, text=means)
            times.append(seconds_to_rest(bot))
        check(max(times) < 1, f"{means}: {statistics.median(times):.2f} s median, "
                              f"{max(times):.2f} s at most, of {ROUNDS}")
    bot.stop()
    telegram.close()
    bot.clean()
    sys.exit(1 if check.failures else 0)


main()
