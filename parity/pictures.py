"""The report's pictures: photographs and digits through our kernels, each beside its error.

Every recipe runs twice, on our kernels in float32 and on PyTorch in float64. What is shown is ours;
how far the two are apart stands next to it.
"""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from crosscheck import nn
from crosscheck.parity import drawing, recipes, reference
from crosscheck.parity.photographs import digits, photograph

POOL = 8


@dataclass(frozen=True)
class Picture:
    """Two PNG files side by side, the result and its error, and their words.

    `pixelated` asks for square pixels where a browser enlarges them.
    """

    title: str
    caption: str
    pngs: tuple[bytes, bytes]
    pixelated: bool = False


def make(device: str) -> list[Picture]:
    """Return all pictures, computed on `device` ("cpu" or "cuda")."""
    china, flower = (photograph(name, 2).astype(np.float32) for name in ("china", "flower"))
    both = drawing.png(drawing.color(china)), drawing.png(drawing.color(flower))
    size = f"{china.shape[2]} x {china.shape[3]} pixels, three colours."
    return [
        Picture("The photographs", size, both),
        *(
            _picture(title, caption, recipe, draw, device)
            for title, caption, recipe, draw in (
                ("Gaussian", "15 x 15 taps on each colour.", recipes.blur(china), drawing.color),
                ("Sobel", "The length of the gradient.", recipes.sobel(china), drawing.bright),
                ("Laplacian", "Grey is 0.", recipes.laplacian(china), drawing.signed),
                ("ReLU", "Of the Laplacian.", recipes.relu(china), drawing.bright),
            )
        ),
        _corners(china, device),
        *(
            _picture(title, caption, recipes.pool(op, flower, POOL), drawing.color, device, True)
            for title, caption, op in (
                ("Max pooling", f"The brightest of {POOL} x {POOL}.", "max_pool2d"),
                ("Average pooling", f"The mean of {POOL} x {POOL}.", "avg_pool2d"),
            )
        ),
        _digits(device),
    ]


def _picture(
    title: str,
    caption: str,
    recipe: recipes.Recipe,
    draw: Callable[[np.ndarray], Image.Image],
    device: str,
    pixelated: bool = False,
) -> Picture:
    result, difference = _both(recipe, device)
    error = drawing.png(drawing.error(difference[0].max(axis=0)))
    words = f"{caption} {_in_words(difference)}"
    return Picture(title, words, (drawing.png(draw(result)), error), pixelated)


def _corners(image: np.ndarray, device: str) -> Picture:
    recipe = recipes.harris(image)
    result, difference = _both(recipe, device)
    found, expected = recipes.corners(result), recipes.corners(recipe(_truth))
    margin = (image.shape[2] - result.shape[2]) // 2  # the filters shrank the image evenly
    points = [(row + margin, column + margin) for row, column in found]
    ringed = drawing.rings(drawing.color(image), points, radius=5)
    same = "PyTorch finds the same" if found == expected else f"PyTorch finds {len(expected)}"
    words = f"{len(found)} corners; {same}. {_in_words(difference[:, :1])}"
    error = drawing.png(drawing.error(difference[0, 0]))
    return Picture("Harris corners", words, (drawing.png(ringed), error))


def _digits(device: str) -> Picture:
    result, difference = _both(recipes.edges(digits(10).astype(np.float32)), device)
    scaled = np.concatenate([result[:, :1], 0.5 + result[:, 1:] / 5], axis=1)
    sheet = drawing.color(np.stack([drawing.sheet(scaled)] * 3)[np.newaxis])
    error = drawing.png(drawing.error(np.nan_to_num(drawing.sheet(difference))))
    words = f"Each of 8 x 8 pixels, and its edges in four directions. {_in_words(difference)}"
    return Picture("Digits", words, (drawing.png(sheet), error), pixelated=True)


def _both(recipe: recipes.Recipe, device: str) -> tuple[np.ndarray, np.ndarray]:
    """Return our result and how far it is from PyTorch's, element by element."""

    def ours(op: str, arrays: Mapping[str, np.ndarray], **options: Any) -> np.ndarray:
        tensors = {name: nn.tensor(_place(array, device)) for name, array in arrays.items()}
        return getattr(nn.functional, op)(**tensors, **options).numpy()

    result = recipe(ours)
    return result, abs(result - recipe(_truth))


def _truth(op: str, arrays: Mapping[str, np.ndarray], **options: Any) -> np.ndarray:
    return reference.run(op, arrays, None, options, "float64")["forward"]


def _place(array: np.ndarray, device: str) -> Any:
    return array if device == "cpu" else sys.modules["cupy"].asarray(array)


def _in_words(difference: np.ndarray) -> str:
    largest = difference.max()
    return f"Largest difference {largest:.1e}." if largest else "No difference, to the last bit."
