"""Makes Tests/Golden/resampling: what Pillow's LANCZOS and BICUBIC make of two small pictures.

Of the pictures one is an enlarged corner of a photo, the other has what resamplers get wrong most: lines and
edges from black to white, single pixels and noise.
"""

import pathlib

import numpy as np
from PIL import Image

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGET = ROOT / "Tests" / "Golden" / "resampling"
FILTERS = {"lanczos": Image.Resampling.LANCZOS, "bicubic": Image.Resampling.BICUBIC}
# Larger, smaller, both at once in either direction, one side only, a single pixel.
SIZES = [(96, 72), (23, 17), (100, 20), (20, 50), (48, 11), (19, 36), (7, 5), (1, 1), (47, 35)]


def hard_picture():
    """48x36 pixels, RGB."""
    random = np.random.default_rng(20260118)
    picture = np.zeros((36, 48, 3), np.uint8)
    picture[4:16, 4:20] = 255
    picture[20:34:2, 2:20] = (255, 0, 128)
    picture[20:34, 22:34] = random.integers(0, 2, (14, 12, 1)) * 255
    picture[2:16, 24:46] = random.integers(0, 256, (14, 22, 3))
    picture[18:, 36:] = np.linspace(0, 255, 12)[None, :, None]
    picture[1, 46] = (255, 255, 255)
    return Image.fromarray(picture)


def main():
    TARGET.mkdir(exist_ok=True)
    photo = Image.open(ROOT / "Tests" / "Fixtures" / "cat.jpg").convert("RGB")
    sources = {"photo": photo.crop((50, 30, 98, 66)), "hard": hard_picture()}
    for name, picture in sources.items():
        picture.save(TARGET / f"{name}.png", optimize=True)
        for filter_name, resampling in FILTERS.items():
            for width, height in SIZES:
                resized = picture.resize((width, height), resampling)
                path = TARGET / f"{name}-{filter_name}-{width}x{height}.png"
                resized.save(path, optimize=True)


if __name__ == "__main__":
    main()
