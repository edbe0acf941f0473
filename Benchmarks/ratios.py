"""Which engine is compared with which."""

from ours import EXACT, EXACT_AVX2, FAST

AVX2_PEER = "OpenVINO f32"


def against(name, engine):
    """Of ours, the one that computes in a comparable precision."""
    return FAST if engine["precision"] in ("bf16", "fast") else EXACT


def ratios(engines):
    """[{engine, against, times}]: how many times as long as ours each engine takes."""
    pairs = [(name, against(name, engine)) for name, engine in engines.items()]
    pairs.append((AVX2_PEER, EXACT_AVX2))
    return [
        {
            "engine": name,
            "against": ours,
            "times": engines[name]["median"] / engines[ours]["median"],
        }
        for name, ours in pairs
        if name in engines and ours in engines and name != ours
    ]
