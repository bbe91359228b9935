"""Photographs and digits as input.

Unlike random numbers, they have ties, flat areas, edges and a mean far from zero. The report's
pictures (pictures.py) show the results of the same filters.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from crosscheck.parity import filters
from crosscheck.parity.case import Case
from crosscheck.parity.photographs import PHOTOGRAPHS, digits, photograph

SHRINK = 6  # to 71 x 106 pixels, small enough for one core


def cases(**options: object) -> list[Case]:
    """Return the cases of the suite."""
    china, flower = PHOTOGRAPHS
    # Buildings have edges and corners, the blurred background of a flower has ties.
    return [*_filters(china), *_harris(china), *_pooling(flower), *_digits()]


def _filters(name: str) -> Iterator[Case]:
    color = photograph(name, SHRINK)
    gray = luminance(color)
    smooth = filters.bank(filters.gaussian(5, 1.0), channels=3)
    halve = filters.bank(filters.gaussian(4, 1.0), channels=3)
    sobel = filters.bank(filters.SOBEL_X, filters.SOBEL_Y, channels=3)
    laplacian = filters.bank(filters.LAPLACIAN, channels=3)
    wide = filters.bank(filters.gaussian(9, 2.0) - filters.gaussian(9, 1.0))

    def conv(title: str, reason: str, image: np.ndarray, weight: np.ndarray, **options: Any):
        layout = options.pop("layout", "contiguous")
        inputs = {"input": image, "weight": weight}
        return Case("conv2d", "images", f"{name} {title}", reason, inputs, options, layout)

    yield conv("luminance", "1x1 filter over RGB", color, filters.LUMINANCE)
    yield conv("gaussian 5x5", "depthwise, all of one sign", color, smooth, padding=2, groups=3)
    yield conv(
        "gaussian 5x5 channels_last",
        "depthwise on pixels as cameras store them",
        color,
        smooth,
        padding=2,
        groups=3,
        layout="channels_last",
    )
    yield conv("half size", "even filter, stride 2", color, halve, stride=2, padding=1, groups=3)
    yield conv("sobel", "two filters a channel, cancelling", color, sobel, padding=1, groups=3)
    yield conv("laplacian", "'same', flat areas are 0", color, laplacian, padding="same", groups=3)
    yield conv("difference of gaussians", "81 taps of both signs", gray, wide, padding="same")
    yield conv("a trous", "dilated smoothing", color, smooth, padding=8, dilation=4, groups=3)
    edges = _correlate(gray, filters.bank(filters.LAPLACIAN))
    yield Case("relu", "images", f"{name} laplacian", "exact zeros of flat areas", {"input": edges})


def _harris(name: str) -> Iterator[Case]:
    gray = luminance(photograph(name, SHRINK))
    sobel = filters.bank(filters.SOBEL_X, filters.SOBEL_Y)
    gradients = _correlate(gray, sobel)
    window = filters.bank(filters.gaussian(7, 1.5), channels=3)
    tensor = filters.products(gradients)
    response = filters.harris(_correlate(tensor, window))
    yield Case(
        "conv2d",
        "images",
        f"{name} harris gradients",
        "two filters over one channel",
        {"input": gray, "weight": sobel},
    )
    yield Case(
        "conv2d",
        "images",
        f"{name} harris structure tensor",
        "sums of one sign in two channels, of both signs in the third",
        {"input": tensor, "weight": window},
        {"padding": 3, "groups": 3},
    )
    yield Case(
        "max_pool2d",
        "images",
        f"{name} harris local maxima",
        "a window around every pixel, many orders of magnitude",
        {"input": response},
        {"kernel_size": 5, "stride": 1, "padding": 2},
    )


def _pooling(name: str) -> Iterator[Case]:
    # Original pixels, not averaged: with 8 bits a channel, ties abound.
    full = photograph(name)[:, :, :96, :129]

    def pool(op: str, title: str, reason: str, *kernel_size: int, **options: Any):
        options["kernel_size"] = kernel_size
        return Case(op, "images", f"{name} {title}", reason, {"input": full}, options)

    yield pool("max_pool2d", "max 2x2", "ties between 8-bit pixels", 2, 2)
    yield pool("max_pool2d", "max 3x3", "overlapping windows with ties", 3, 3, stride=2, padding=1)
    yield pool("max_pool2d", "max 3x3 dilated", "gaps between the taps", 3, 3, stride=1, dilation=3)
    yield pool("avg_pool2d", "average 2x2", "an odd column is left over", 2, 2)
    yield pool("avg_pool2d", "average 8x8", "last window clipped", 8, 8, ceil_mode=True)
    yield pool(
        "avg_pool2d",
        "average 5x3",
        "border windows divide by fewer",
        *(5, 3),
        stride=(2, 1),
        padding=(2, 1),
        count_include_pad=False,
    )


def _digits() -> Iterator[Case]:
    batch = digits(64)
    edges = {"input": batch, "weight": filters.oriented(8)}
    templates = {"input": batch, "weight": digits(10)}
    ink = {"input": batch - 0.5}
    halves = {"kernel_size": 2}
    for op, title, reason, inputs, options in (
        ("conv2d", "edges", "8 filters, a batch", edges, {"padding": 1}),
        ("conv2d", "templates", "filter as large as the image", templates, {}),
        ("max_pool2d", "max 2x2", "17 levels: mostly ties", {"input": batch}, halves),
        ("avg_pool2d", "average 2x2", "exact sums", {"input": batch}, halves),
        ("relu", "ink", "half of it exactly 0", ink, {}),
    ):
        yield Case(op, "images", f"digits {title}", reason, inputs, options)


def luminance(color: np.ndarray) -> np.ndarray:
    """Return the grey picture (n, 1, h, w) of a coloured one (n, 3, h, w)."""
    return (color * filters.LUMINANCE).sum(axis=1, keepdims=True)


def _correlate(image: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return every filter (k, 1, r, s) on its own channel, or on the only one, without padding.

    In NumPy: the result is input for cases, not a reference.
    """
    taps = weight[:, 0]
    windows = np.lib.stride_tricks.sliding_window_view(image, taps.shape[1:], axis=(2, 3))
    windows = np.broadcast_to(windows, (len(image), len(taps), *windows.shape[2:]))
    return np.einsum("nkpqrs,krs->nkpq", windows, taps)
