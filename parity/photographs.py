"""Real pictures, float64 in [0, 1]: scikit-learn's two photographs and its handwritten digits.

scikit-learn is imported when the first is loaded: most runs need none, and it takes two seconds.
"""

from functools import cache
from typing import Any

import numpy as np

PHOTOGRAPHS = ("china", "flower")


@cache
def photograph(name: str, shrink: int = 1) -> np.ndarray:
    """Return one of PHOTOGRAPHS as (1, 3, h, w), each pixel the mean of shrink x shrink pixels.

    The originals are 427 x 640 with 8 bits a channel; rows and columns that are left over are cut.
    """
    from sklearn.datasets import load_sample_image

    pixels = load_sample_image(f"{name}.jpg")
    h, w = pixels.shape[0] // shrink, pixels.shape[1] // shrink
    blocks = pixels[: h * shrink, : w * shrink].reshape(h, shrink, w, shrink, 3)
    return _frozen(blocks.mean(axis=(1, 3)).transpose(2, 0, 1)[np.newaxis] / 255)


@cache
def digits(count: int) -> np.ndarray:
    """Return the first `count` of the 1797 digits as (count, 1, 8, 8), with 16 levels of grey."""
    return _frozen(_digits().images[:count, np.newaxis] / 16)


@cache
def digit_classes(count: int) -> np.ndarray:
    """Return which digit each of the first `count` is, as int64 (count,)."""
    return _frozen(_digits().target[:count].astype(np.int64))


@cache
def _digits() -> Any:
    from sklearn.datasets import load_digits

    return load_digits()


def _frozen(array: np.ndarray) -> np.ndarray:
    """Return a read-only contiguous copy, as the caches return it again and again."""
    copy = np.array(array, order="C")
    copy.flags.writeable = False
    return copy
