#!/usr/bin/env python3
"""Twenty users send 200 pictures to `upscale bot` while every tenth call and download fails.

Every picture must be answered exactly once (twice only where the fault lost an upload's answer), by
the very bytes that `upscale image` writes for it; users must take turns; memory must stay flat and
below 1.5 GB in all; the token must appear nowhere. The network is the default one, x4plus.
Options by environment: USERS, PICTURES (of each), RATE, SEED, UPSCALE.
"""

import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time

from bot_harness import TOKEN, Bot, Telegram, check_answers, picture, results
from trial import UPSCALE, Check, setting, wait

USERS = setting("USERS", 20)
PICTURES = setting("PICTURES", 10)
RATE = setting("RATE", 0.1)
SEED = setting("SEED", 7)


def turns(log):
    """How many pictures a user was ahead of one who waited, at most, and how many pictures were fetched late.

    Jobs are numbered as they were accepted; users sent one each in turn. A picture that could not be
    fetched is tried again after a pause, in which others go on: its user does not count as waiting.
    """
    events = re.findall(r"picture (enlarged|not fetched) job=(\d+)", log)
    jobs = sorted({int(job) for event, job in events if event == "enlarged"})
    place = {job: index for index, job in enumerate(jobs)}
    counts = [0] * USERS
    delayed = set()
    spread = 0
    for event, job in events:
        job = int(job)
        if event == "not fetched":
            delayed.add(job)
            continue
        counts[place[job] % USERS] += 1
        waiting = [
            count for user, count in enumerate(counts)
            if count < PICTURES and jobs[count * USERS + user] not in delayed]
        if waiting:
            spread = max(spread, max(counts) - min(waiting))
    return spread, len(delayed)


def main():
    check = Check()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="upscale-soak-"))
    (folder / "in").mkdir()
    pictures = {}
    for user in range(USERS):
        for number in range(PICTURES):
            seed = user * 1000 + number
            size = (24 + 8 * (seed % 4), 24 + 8 * (seed % 3))
            path = folder / "in" / f"{user}-{number}.png"
            path.write_bytes(picture(*size, seed, alpha=seed % 4 == 0))
            pictures[user, number] = (path, size)
    subprocess.run(
        [UPSCALE, "batch", folder / "in", folder / "expected", "--quiet", "--strip-metadata"],
        check=True)

    telegram = Telegram()
    bot = Bot(telegram, "--max-queue", "1000").start()
    wait(60, lambda: telegram.control("counters")["polled"])
    telegram.control("rate", rate=RATE, seed=SEED)
    start = time.monotonic()
    samples = []
    over = threading.Event()

    def sample():
        while not over.wait(0.5):
            samples.append(bot.memory())

    threading.Thread(target=sample, daemon=True).start()
    messages = {}
    for user in range(USERS):
        telegram.control("user", id=100 + user, name=f"User{user}", language=["en", "ru"][user % 2])
    for number in range(PICTURES):
        for user in range(USERS):
            path, (width, height) = pictures[user, number]
            kind = ["photo", "document", "sticker"][(user + number) % 3]
            more = {"name": path.name} if kind == "document" else {"width": width, "height": height}
            answer = telegram.control(kind, user=100 + user, path=str(path), **more)
            messages[100 + user, answer["message"]] = (user, number)

    def all_answered():
        return len(results(telegram.calls())) >= len(messages)

    check(wait(1800, all_answered, pause=1),
          f"all {len(messages)} pictures answered within {time.monotonic() - start:.0f} s")
    # What was sent twice shows up late.
    wait(60, lambda: not bot.work_files(), pause=0.5)
    seconds = time.monotonic() - start
    over.set()
    calls = telegram.calls()
    found = check_answers(
        check, telegram, messages,
        lambda sent: folder / "expected" / f"{sent[0]}-{sent[1]}.png")
    twice = {key for key, uploads in found.items() if len(uploads) > 1}
    unexplained = [key for key in twice if all(call["delivered"] for call in found[key][:-1])
                   or len(found[key]) > 2]
    check(not unexplained, f"{len(twice)} answered twice, all by a lost answer: {unexplained}")
    log = bot.log()
    spread, delayed = turns(log)
    check(spread <= 3, f"turns: nobody was more than {spread} pictures ahead of one who waited "
                       f"({delayed} pictures waited for another try to fetch them)")

    faults = sum(1 for call in calls if call.get("fault"))
    check(faults >= RATE * len(calls) * 0.4, f"{faults} of {len(calls)} calls failed by chance")
    totals = [service + worker for service, worker in samples]
    check(max(totals) < 1.5e9, f"memory at most {max(totals) / 2**20:.0f} MiB in all")
    quarter = len(samples) // 4
    for name, index in (("service", 0), ("worker", 1)):
        values = [sample[index] for sample in samples if sample[index]]
        early = statistics.median(values[quarter:2 * quarter])
        late = statistics.median(values[-quarter:])
        check(abs(late / early - 1) < 0.1,
              f"{name}: {early / 2**20:.1f} MiB in the second quarter, {late / 2**20:.1f} in the last")
    secret = TOKEN.split(":")[1]
    check(secret not in log, "the token is not in the log")
    code, leaving = bot.stop()
    check(leaving < 10, f"left within {leaving:.1f} s")
    check(not bot.work_files(), "no file of a picture is kept")
    print(f"{len(messages)} pictures in {seconds:.0f} s")
    telegram.close()
    if not check.failures:
        bot.clean()
    else:
        print(f"log: {bot.log_path}")
    sys.exit(1 if check.failures else 0)


main()
