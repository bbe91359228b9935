"""The report's pictures: photographs and digits filtered by our kernels, each beside its error.

Every recipe runs twice: on our kernels in float32, which gives the picture, and on PyTorch in
float64, which gives the error.
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

Draw = Callable[[np.ndarray], Image.Image]


@dataclass(frozen=True)
class Picture:
    """Two PNG files to show side by side, the result and its error, with title and caption.

    `pixelated` tells browsers to enlarge pixels as squares, without smoothing.
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
        *(_picture(*each, device) for each in _filtered(china)),
        _corners(china, device),
        *(
            _picture(title, caption, recipes.pool(op, flower, POOL), drawing.color, device, True)
            for title, caption, op in (
                ("Max pooling", f"The brightest of {POOL} x {POOL} pixels.", "max_pool2d"),
                ("Average pooling", f"The mean of {POOL} x {POOL} pixels.", "avg_pool2d"),
            )
        ),
        _digits(device),
    ]


def _filtered(image: np.ndarray) -> list[tuple[str, str, recipes.Recipe, Draw]]:
    """Return title, caption, recipe and way of drawing of each filter's picture."""
    laplacian = "A filter of second derivatives; grey is 0."
    return [
        ("Gaussian", "A 15 x 15 blur of each colour.", recipes.blur(image), drawing.color),
        ("Sobel", "The length of the gradient.", recipes.sobel(image), drawing.bright),
        ("Laplacian", laplacian, recipes.laplacian(image), drawing.signed),
        ("ReLU", "The Laplacian's positive part.", recipes.relu(image), drawing.bright),
    ]


def _picture(
    title: str,
    caption: str,
    recipe: recipes.Recipe,
    draw: Draw,
    device: str,
    pixelated: bool = False,
) -> Picture:
    result, difference = _compare(recipe, device)
    error = drawing.png(drawing.error(difference[0].max(axis=0)))
    words = f"{caption} {_in_words(difference)}"
    return Picture(title, words, (drawing.png(draw(result)), error), pixelated)


def _corners(image: np.ndarray, device: str) -> Picture:
    recipe = recipes.harris(image)
    result, difference = _compare(recipe, device)
    found, expected = recipes.corners(result), recipes.corners(recipe(exact))
    margin = (image.shape[2] - result.shape[2]) // 2  # the filters shrank the image evenly
    points = [(row + margin, column + margin) for row, column in found]
    ringed = drawing.rings(drawing.color(image), points, radius=5)
    same = "PyTorch finds the same" if found == expected else f"PyTorch finds {len(expected)}"
    words = f"{len(found)} corners; {same}. {_in_words(difference[:, :1])}"
    error = drawing.png(drawing.error(difference[0, 0]))
    return Picture("Harris corners", words, (drawing.png(ringed), error))


def _digits(device: str) -> Picture:
    result, difference = _compare(recipes.edges(digits(10).astype(np.float32)), device)
    scaled = np.concatenate([result[:, :1], 0.5 + result[:, 1:] / 5], axis=1)
    sheet = drawing.color(np.stack([drawing.sheet(scaled)] * 3)[np.newaxis])
    error = drawing.png(drawing.error(np.nan_to_num(drawing.sheet(difference))))
    words = f"8 x 8 pixels each, and below their edges in four directions. {_in_words(difference)}"
    return Picture("Digits", words, (drawing.png(sheet), error), pixelated=True)


def _compare(recipe: recipes.Recipe, device: str) -> tuple[np.ndarray, np.ndarray]:
    """Return our result and its absolute difference from PyTorch's."""

    def ours(op: str, arrays: Mapping[str, np.ndarray], **options: Any) -> np.ndarray:
        tensors = {name: nn.tensor(_place(array, device)) for name, array in arrays.items()}
        return getattr(nn.functional, op)(**tensors, **options).numpy()

    result = recipe(ours)
    return result, abs(result - recipe(exact))


def exact(op: str, arrays: Mapping[str, np.ndarray], **options: Any) -> np.ndarray:
    """Return PyTorch's output in float64: what a recipe is called with for the exact picture."""
    return reference.run(op, arrays, None, options, "float64")["forward"]


def _place(array: np.ndarray, device: str) -> Any:
    return array if device == "cpu" else sys.modules["cupy"].asarray(array)


def _in_words(difference: np.ndarray) -> str:
    largest = difference.max()
    return f"Largest difference {largest:.1e}." if largest else "No difference at all."
