"""Makes Tests/Reference importable: `from reference import compare, pictures`."""

import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "Tests" / "Reference"))

import compare  # noqa: E402,F401
import pictures  # noqa: E402,F401
