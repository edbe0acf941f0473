"""python publish.py [peers.json]: makes Documentation/Speed.md and speed.svg of results.

Imports no engine, so that results can be published, or drawn anew, on any machine.
"""

import json
import pathlib
import sys

import chart
import report

ROOT = pathlib.Path(__file__).resolve().parents[1]

PAGE = """# Speed

`upscale` and other engines with the same weights, pictures and number of threads. Do not edit this
page: it is made by [Benchmarks](../Benchmarks/README.md), which says how everything is measured.

![Seconds of each engine](speed.svg)

{conditions}

Exact is what `upscale` does by default, fast is `--precision fast`; AVX2 is exact on the same
machine as if it had no AVX-512. "times" is how many times as long an engine takes as `upscale` in a
comparable precision: exact for single precision, fast for bfloat16. PSNR is that of the 16-bit
picture against the network in float64.

{tables}"""


def publish(document):
    page = PAGE.format(conditions=report.conditions(document), tables=report.tables(document))
    (ROOT / "Documentation/Speed.md").write_text(page)
    (ROOT / "Documentation/speed.svg").write_text(chart.draw(document))


if __name__ == "__main__":
    results = sys.argv[1] if len(sys.argv) > 1 else ROOT / "Benchmarks/results/peers.json"
    publish(json.loads(pathlib.Path(results).read_text()))
