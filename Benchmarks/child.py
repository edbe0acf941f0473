"""Runs a command and prints, as JSON, how long it took and the most memory it held.

A process of its own that imports next to nothing: Linux counts what the process that starts another
holds at that moment to the other's peak, and the one that measures holds PyTorch and more.
"""

import json
import os
import subprocess
import sys
import time

start = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=sys.stderr)
_, status, usage = os.wait4(process.pid, 0)
seconds = time.perf_counter() - start
process.returncode = os.waitstatus_to_exitcode(status)
report = {
    "seconds": seconds,
    "processor": usage.ru_utime + usage.ru_stime,
    "peak_mib": usage.ru_maxrss / 1024,
}
print(json.dumps(report))
raise SystemExit(process.returncode != 0)
