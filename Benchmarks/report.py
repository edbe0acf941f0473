"""Results as Markdown tables."""


def number(value, digits=3):
    """As many significant digits, and all those before the point."""
    return f"{value:,.0f}" if value >= 10 ** (digits - 1) else f"{value:#.{digits}g}".rstrip(".")


def ratio(result, name):
    """`against | times` of an engine's row; the first pair is that of its own kind."""
    pairs = [pair for pair in result["ratios"] if pair["engine"] == name]
    return f"{pairs[0]['against']} | {pairs[0]['times']:.2f}" if pairs else " | "


def rows(result):
    """(name, engine), fastest first."""
    return sorted(result["engines"].items(), key=lambda item: item[1]["median"])


def title(result):
    return f"{result['model']}, {result['width']}x{result['height']}, {result['threads']} threads"


def table(result):
    """The networks alone, one model at one size."""
    lines = [
        f"### {title(result)}",
        "",
        "| engine | median, s | fastest, s | GMAC/s | against | times | PSNR, dB |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, engine in rows(result):
        psnr = "" if engine["psnr"] is None else f"{engine['psnr']:.1f}"
        speed = result["macs"] / engine["median"] / 1e9
        lines.append(
            f"| {name} | {number(engine['median'])} | {number(engine['fastest'])} "
            f"| {number(speed)} | {ratio(result, name)} | {psnr} |"
        )
    for pair in result["ratios"]:
        if pair["against"].endswith("AVX2"):
            text = f"{pair['engine']} takes {pair['times']:.2f} times as long as {pair['against']}."
            lines += ["", text]
    return "\n".join(lines) + "\n"


def process_table(result):
    """Whole commands."""
    lines = [
        f"### From file to file: {title(result)}",
        "",
        "| program | median, s | fastest, s | processor, s | peak memory, MiB | against | times |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, engine in rows(result):
        lines.append(
            f"| {name} | {number(engine['median'])} | {number(engine['fastest'])} "
            f"| {number(engine['processor'])} | {number(engine['peak_mib'])} "
            f"| {ratio(result, name)} |"
        )
    return "\n".join(lines) + "\n"


def installed(document):
    versions = document["machine"]["versions"].items()
    return [f"{name} {version}" for name, version in versions if version]


def conditions(document):
    """Machine, versions, command and date, as a paragraph."""
    about = document["machine"]
    return (
        f"{document['date']}, `{document['command']}`: {about['cpu']}, {about['cores']} cores, "
        f"load {about['load']:.1f} before; {', '.join(installed(document))}."
    )


def tables(document):
    parts = [table(result) for result in document["networks"]]
    parts += [process_table(result) for result in document["processes"]]
    return "\n".join(parts)
