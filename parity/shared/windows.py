"""Windows of images as a matrix, for unfold and fold: what both are tried on."""

from typing import Any

import numpy as np

from crosscheck.parity.shared.draws import batch, extent, pair


def draw(rng: np.random.Generator) -> tuple[tuple[int, ...], tuple[int, int], dict[str, Any]]:
    """Return a leading shape with channels, an image and windows that fit into it."""
    window, dilation, stride = pair(rng, 4), pair(rng, 3), pair(rng, 4)
    padding = int(rng.integers(0, 3)), int(rng.integers(0, 3))
    axes = zip(pair(rng, 9), window, dilation, padding, strict=True)
    image = tuple(max(h, d * (r - 1) + 1 - 2 * pad, 1) for h, r, d, pad in axes)
    options = dict(kernel_size=window, dilation=dilation, padding=padding, stride=stride)
    return (*batch(rng), extent(rng, 4)), image, options


def matrix(image: tuple[int, int], options: dict[str, Any]) -> tuple[int, int]:
    """Return the taps of a window and the number of windows."""
    axes = zip(image, *(options[name] for name in ("kernel_size", "dilation")), strict=True)
    steps = zip(options["padding"], options["stride"], strict=True)
    p, q = (
        (h + 2 * pad - d * (r - 1) - 1) // step + 1
        for (h, r, d), (pad, step) in zip(axes, steps, strict=True)
    )
    return options["kernel_size"][0] * options["kernel_size"][1], p * q


GEOMETRIES: dict[str, tuple[str, tuple[int, int], dict[str, Any]]] = {
    "plain": ("every window overlaps its neighbours", (5, 6), dict(kernel_size=3)),
    "uneven": (
        "rows and columns swapped would show",
        (7, 6),
        dict(kernel_size=(3, 2), dilation=(1, 2), padding=(0, 1), stride=(2, 1)),
    ),
    "apart": ("windows side by side", (4, 6), dict(kernel_size=2, stride=2)),
    "gaps": ("pixels that no window has", (7, 8), dict(kernel_size=2, stride=3)),
    "whole": ("one window", (3, 4), dict(kernel_size=(3, 4))),
    "padding": ("windows of nothing but padding", (2, 3), dict(kernel_size=2, padding=3)),
}


def plain(options: dict[str, Any]) -> dict[str, Any]:
    """Return the geometry with defaults, and a pair for each."""
    whole = {"dilation": 1, "padding": 0, "stride": 1, **options}
    return {k: (v, v) if isinstance(v, int) else v for k, v in whole.items()}
