"""The names of the models that come with the program, as its manifest has them."""

import json
import pathlib

WEIGHTS = pathlib.Path(__file__).resolve().parents[2] / "weights"
BUNDLED = [
    model["name"] for model in json.loads((WEIGHTS / "manifest.json").read_text())["models"]
]
