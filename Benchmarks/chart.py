"""python chart.py [peers.json [peers.svg]]: draws the results as bars.

Text and rectangles only, a few KiB, the same bytes for the same results. The background is white in
dark pages too: a picture in a README cannot know the page's colours.
"""

import html
import json
import pathlib
import sys

from report import installed, number

WIDTH, MARGIN, GAP = 880, 20, 24
PANEL = (WIDTH - 2 * MARGIN - GAP) / 2
NAMES, LABELS = 140, 96  # Room for the names and for the numbers of a panel's bars.
HEADING, PITCH, BAR, BETWEEN = 26, 20, 14, 8
INK, DIM, LINE = "#1f2328", "#59636e", "#d1d9e0"
OURS, OURS_PALE, PEER = "#0969da", "#80b3ec", "#afb8c1"
FONT = "system-ui,-apple-system,'Segoe UI',Helvetica,Arial,sans-serif"


def text(x, y, words, kind=""):
    kind = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.1f}" y="{y:g}"{kind}>{html.escape(words)}</text>'


def bar(x, y, width, colour):
    return f'<rect x="{x:g}" y="{y:g}" width="{width:.1f}" height="{BAR}" rx="2" fill="{colour}"/>'


def shown(result):
    """[[(name, engine)]]: single precision, then reduced; each with ours first.

    Of two settings of one peer the faster is shown.
    """
    blocks = []
    for precisions in (("exact", "f32"), ("fast", "bf16")):
        block = {}
        for name, engine in sorted(result["engines"].items(), key=lambda item: item[1]["median"]):
            if engine["precision"] in precisions:
                key = name if name.startswith("upscale") else name.split()[0]
                block.setdefault(key, (name, engine))
        if block:
            blocks.append(sorted(block.values(), key=lambda row: not row[0].startswith("upscale")))
    return blocks


def panel(x, y, title, result, key, unit):
    """The lines of one panel, and its height."""
    lines, top = [text(x, y + 14, title, "b")], y + HEADING
    times = {}
    for pair in result["ratios"]:
        times.setdefault(pair["engine"], f"{number(pair['times'], 2)}×")
    blocks = shown(result)
    longest = max(engine[key] for block in blocks for _, engine in block)
    for block in blocks:
        for name, engine in block:
            ours = name.startswith("upscale")
            colour = PEER if not ours else OURS_PALE if name.endswith("AVX2") else OURS
            width = max(engine[key] / longest * (PANEL - NAMES - LABELS), 1)
            end = x + NAMES + width + 6
            lines.append(text(x + NAMES - 6, top + 11, name, "e b" if ours else "e"))
            lines.append(bar(x + NAMES, top, width, colour))
            label = f"{number(engine[key], 2 if engine[key] < 1 else 3)} {unit}"
            if not ours and key == "median" and name in times:
                label += f" · {times[name]}"
            lines.append(text(end, top + 11, label, "b" if ours else ""))
            top += PITCH
        top += BETWEEN
    return lines, top - y


def picture(result):
    return f"{result['model']}, {result['width']}×{result['height']}"


def panels(document):
    """Rows of (title, result, key, unit), two in a row."""
    row = []
    for result in document["networks"]:
        row += [(picture(result), result, "median", "s")]
    for result in document["processes"]:
        row += [None] * (len(row) % 2)
        what = f"{picture(result)}, file to file"
        row += [(f"{what}: time", result, "median", "s")]
        row += [(f"{what}: memory", result, "peak_mib", "MiB")]
    return [row[i : i + 2] for i in range(0, len(row), 2)]


def draw(document):
    threads = (document["networks"] + document["processes"])[0]["threads"]
    how = f"{threads} threads on {document['machine']['cpu']}."
    lines = [
        text(MARGIN, 34, "Seconds to enlarge a picture; shorter is better", "h"),
        text(MARGIN, 56, f"{how} In each group, reduced precision is below.", "d"),
        text(MARGIN, 74, "×: how many times as long as upscale in a comparable precision.", "d"),
    ]
    y = 96
    for row in panels(document):
        height = 0
        for column, one in enumerate(row):
            if one:
                more, used = panel(MARGIN + column * (PANEL + GAP), y, *one)
                lines += more
                height = max(height, used)
        y += height + 12
    lines.append(text(MARGIN, y + 6, " · ".join([*installed(document), document["date"]]), "d"))
    height = y + 24
    style = (
        f"text{{font:12px {FONT};fill:{INK}}}.b{{font-weight:600}}.e{{text-anchor:end}}"
        f".h{{font-size:18px;font-weight:600}}.d{{fill:{DIM}}}"
    )
    head = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" width="{WIDTH}" '
        f'height="{height:g}" role="img">',
        "<title>Seconds that upscale and other engines take</title>",
        f"<style>{style}</style>",
        f'<rect x=".5" y=".5" width="{WIDTH - 1}" height="{height - 1:g}" rx="10" fill="#fff" '
        f'stroke="{LINE}"/>',
    ]
    return "\n".join([*head, *lines, "</svg>"]) + "\n"


if __name__ == "__main__":
    results = pathlib.Path(__file__).parent / "results" / "peers.json"
    source = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else results
    target = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else source.with_suffix(".svg")
    target.write_text(draw(json.loads(source.read_text())))
