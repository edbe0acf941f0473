"""Fair turns on a machine that is not always equally fast."""

import time


def interleaved(tasks, rounds):
    """{name: [what its task returned, one a round]}.

    Each round runs every task once, in an order that rotates, so that a noisy minute hits all.
    """
    if not tasks:
        raise SystemExit("nothing here works that could be measured")
    returned = {name: [] for name in tasks}
    order = list(tasks)
    for number in range(rounds):
        shift = number % len(order)
        for name in order[shift:] + order[:shift]:
            time.sleep(0.2)  # The threads of the previous task spin for a while after it.
            returned[name].append(tasks[name]())
    return returned
