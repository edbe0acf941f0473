"""Makes Tests/Golden/resampling: what Pillow's LANCZOS and BICUBIC make of small pictures.

Of the pictures one is an enlarged corner of a photo, the others have what resamplers get wrong most: lines and
edges from black to white, single pixels and noise, in colour, in gray, and under alpha. `spot` is enlarged most.

Pillow weights colour by alpha in 8 bits, which is coarse where alpha is small. For the picture with alpha, its
resampler is applied to each channel as 32-bit numbers instead: colour times alpha, and alpha.

Columns are resized first, then rows, with samples clamped between. Pillow does so by itself, but some versions
begin with the rows where these shrink more than the columns.
"""

import pathlib

import numpy as np
from PIL import Image

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGET = ROOT / "Tests" / "Golden" / "resampling"
FILTERS = {"lanczos": Image.Resampling.LANCZOS, "bicubic": Image.Resampling.BICUBIC}
# Larger, smaller, both at once in either direction, one side only, a single pixel.
# For 48x36 pixels: factors 0.02 to 3.
SIZES = [(96, 72), (23, 17), (100, 20), (20, 50), (48, 11), (19, 36), (7, 5), (1, 1), (47, 35), (144, 108), (5, 4), (36, 27)]
# For 12x9 pixels: factors 10, 16, 1.5.
SPOT_SIZES = [(120, 90), (192, 144), (18, 14)]


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


def alpha_picture():
    """48x36 pixels, RGBA: soft and hard alpha over the hard picture, colour under all of it."""
    random = np.random.default_rng(20260119)
    alpha = np.zeros((36, 48), np.uint8)
    alpha[:, 8:24] = np.linspace(0, 255, 16)[None, :]
    alpha[4:30, 24:40] = 255
    alpha[18:34, 2:22] = random.integers(0, 256, (16, 20))
    alpha[10:14, 28:34] = 1
    return Image.fromarray(np.dstack([np.asarray(hard_picture()), alpha]))


def resized(picture, size, resampling):
    widened = (size[0], picture.height)
    if picture.mode != "RGBA":
        return picture.resize(widened, resampling).resize(size, resampling)
    samples = np.asarray(picture).astype(np.float32)
    alpha = samples[..., 3:] / 255
    planes = [*np.moveaxis(samples[..., :3] * alpha, 2, 0), alpha[..., 0] * 255]
    planes = [np.asarray(Image.fromarray(p).resize(widened, resampling)) for p in planes]
    # More than opaque is opaque, in the same colour.
    excess = np.maximum(planes[3] / 255, 1)
    opacity = np.clip(planes[3], 0, 255)
    planes = [np.clip(p / excess, 0, opacity) for p in planes[:3]] + [opacity]
    planes = [np.asarray(Image.fromarray(p).resize(size, resampling)) for p in planes]
    alpha = planes[3][..., None]
    visible = alpha >= 0.5
    colour = np.dstack(planes[:3]) / np.where(visible, alpha / 255, 1)
    whole = np.concatenate([np.where(visible, colour, 0), alpha], axis=2)
    return Image.fromarray((np.clip(whole, 0, 255) + 0.5).astype(np.uint8))


def main():
    TARGET.mkdir(exist_ok=True)
    photo = Image.open(ROOT / "Tests" / "Fixtures" / "cat.jpg").convert("RGB")
    sources = {
        "photo": photo.crop((50, 30, 98, 66)),
        "hard": hard_picture(),
        "gray": hard_picture().convert("L"),
        "alpha": alpha_picture(),
        "spot": hard_picture().crop((14, 12, 26, 21)),
    }
    for name, picture in sources.items():
        picture.save(TARGET / f"{name}.png", optimize=True)
        for filter_name, resampling in FILTERS.items():
            if name == "alpha" and filter_name == "bicubic":
                continue  # nothing here resamples alpha so
            for width, height in SPOT_SIZES if name == "spot" else SIZES:
                path = TARGET / f"{name}-{filter_name}-{width}x{height}.png"
                resized(picture, (width, height), resampling).save(path, optimize=True)


if __name__ == "__main__":
    main()
