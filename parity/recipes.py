"""The image filters of the report's pictures, written for any implementation of the operators.

A recipe is called with `apply(op, arrays by name, **options) -> output`, so that the same recipe
runs on our kernels and on PyTorch. Images and filters are float32 numbers for both.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from crosscheck.parity import filters

Apply = Callable[..., np.ndarray]
Recipe = Callable[[Apply], np.ndarray]  # -> (n, c, h, w)

CORNER_WINDOW = 9


def blur(image: np.ndarray) -> Recipe:
    weight = filters.bank(filters.gaussian(15, 3.0), channels=3)
    return lambda apply: _conv(apply, image, weight, padding="same", groups=3)


def sobel(image: np.ndarray) -> Recipe:
    """The length of the gradient, in the colour where it is longest."""
    weight = filters.bank(filters.SOBEL_X, filters.SOBEL_Y, channels=3)

    def recipe(apply: Apply) -> np.ndarray:
        slopes = _conv(apply, image, weight, groups=3)
        return np.hypot(slopes[:, 0::2], slopes[:, 1::2]).max(axis=1, keepdims=True)

    return recipe


def laplacian(image: np.ndarray) -> Recipe:
    weight = filters.bank(filters.LAPLACIAN)
    return lambda apply: _conv(apply, _luminance(apply, image), weight)


def relu(image: np.ndarray) -> Recipe:
    """The Laplacian where it is positive."""
    return lambda apply: apply("relu", {"input": laplacian(image)(apply)})


def pool(op: str, image: np.ndarray, size: int) -> Recipe:
    return lambda apply: apply(op, {"input": image}, kernel_size=size)


def edges(digits: np.ndarray) -> Recipe:
    """The digits (n, 1, h, w), then four directions of edges in them: (n, 5, h, w)."""

    def recipe(apply: Apply) -> np.ndarray:
        found = _conv(apply, digits, filters.oriented(4), padding=1)
        return np.concatenate([digits, found], axis=1)

    return recipe


def harris(image: np.ndarray) -> Recipe:
    """Two channels: the corner response, and the largest in a window around every pixel."""
    gradient = filters.bank(filters.SOBEL_X, filters.SOBEL_Y)
    window = filters.bank(filters.gaussian(7, 1.5), channels=3)
    around = {"kernel_size": CORNER_WINDOW, "stride": 1, "padding": CORNER_WINDOW // 2}

    def recipe(apply: Apply) -> np.ndarray:
        slopes = _conv(apply, _luminance(apply, image), gradient)
        tensor = _conv(apply, filters.products(slopes), window, groups=3)
        response = filters.harris(tensor)
        return np.concatenate([response, apply("max_pool2d", {"input": response}, **around)], 1)

    return recipe


def corners(response: np.ndarray, threshold: float = 0.02) -> set[tuple[int, int]]:
    """Return (row, column) of the corners: strong responses, each the largest in its window."""
    strength, largest = response[0]
    found = (strength == largest) & (strength > threshold * strength.max())
    return {(int(row), int(column)) for row, column in np.argwhere(found)}


def _luminance(apply: Apply, image: np.ndarray) -> np.ndarray:
    return _conv(apply, image, filters.LUMINANCE)


def _conv(apply: Apply, image: np.ndarray, weight: np.ndarray, **options: Any) -> np.ndarray:
    return apply("conv2d", {"input": image, "weight": weight.astype(np.float32)}, **options)
