#!/usr/bin/env python3
"""Kills `upscale bot` by SIGKILL at random moments while users send 300 pictures.

Each time it is started again. In the end every picture must have been answered, by the very bytes
that `upscale image --strip-metadata` writes; twice only where a kill came between an upload and its note.
Options by environment: KILLS, PICTURES, SEED, UPSCALE.
"""

import pathlib
import random
import subprocess
import sys
import tempfile
import time

from bot_harness import Bot, Telegram, check_answers, picture, results
from trial import UPSCALE, Check, setting, wait

KILLS = setting("KILLS", 100)
PICTURES = setting("PICTURES", 300)
SEED = setting("SEED", 3)


def main():
    check = Check()
    chance = random.Random(SEED)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="upscale-kills-"))
    (folder / "in").mkdir()
    for number in range(PICTURES):
        size = (16 + 8 * (number % 4), 16 + 8 * (number % 3))
        (folder / "in" / f"{number}.png").write_bytes(picture(*size, number))
    subprocess.run(
        [UPSCALE, "batch", folder / "in", folder / "expected", "--quiet", "--strip-metadata"],
        check=True)

    telegram = Telegram()
    for user in range(10):
        telegram.control("user", id=100 + user, language="en")
    bot = Bot(telegram, "--max-queue", "1000", "--max-per-user", "1000")
    messages = {}
    start = time.monotonic()
    for kill in range(KILLS):
        bot.start()
        life = chance.uniform(0.05, 2.5)
        end = time.monotonic() + life
        wanted = (kill + 1) * PICTURES // KILLS
        while len(messages) < wanted:
            number = len(messages)
            user = 100 + chance.randrange(10)
            path = folder / "in" / f"{number}.png"
            answer = telegram.control("document", user=user, path=str(path), name=path.name)
            messages[user, answer["message"]] = number
            time.sleep(chance.uniform(0, life / 4))
        time.sleep(max(0, end - time.monotonic()))
        bot.kill()
    bot.start()

    def answered():
        return len(results(telegram.calls())) >= len(messages)

    check(wait(900, answered, pause=1), f"{len(messages)} pictures, {KILLS} kills: all answered")
    wait(60, lambda: not bot.work_files(), pause=0.5)
    found = check_answers(
        check, telegram, messages, lambda number: folder / "expected" / f"{number}.png")
    twice = [key for key, uploads in found.items() if len(uploads) > 1]
    check(all(len(uploads) <= 2 for uploads in found.values()) and len(twice) <= KILLS // 5,
          f"answered twice: {len(twice)}")
    log = bot.log()
    failed = log.count("job failed")
    check(failed == 0, f"pictures given up: {failed}")
    code, leaving = bot.stop()
    check(not bot.work_files(), "no file of a picture is kept")
    print(f"{time.monotonic() - start:.0f} s")
    telegram.close()
    if not check.failures:
        bot.clean()
    else:
        print(f"log: {bot.log_path}")
    sys.exit(1 if check.failures else 0)


main()
