"""Pieces of random problems: small, and drawn towards the edges."""

from typing import Any

import numpy as np

from crosscheck.parity.case import Shape

Drawn = tuple[dict[str, Shape | np.ndarray], dict[str, Any]]  # inputs, options

# How a window's input may be filled: ties and what no sum forgives, beside normal numbers.
VALUES = ("normal", "normal", "normal", "ties", "negative", "nan", "minus_inf")


def one_of(rng: np.random.Generator, choices: tuple) -> Any:
    """Return one of the choices, each as likely as the others."""
    return choices[rng.integers(len(choices))]


def edge(rng: np.random.Generator, most: int) -> int:
    """Return an extent of 1 to `most`: the ends as likely as everything between."""
    return int(
        one_of(rng, (1, most, int(rng.integers(1, most + 1)), int(rng.integers(1, most + 1))))
    )


def pair(rng: np.random.Generator, most: int) -> tuple[int, int]:
    """Return two numbers of 1 to `most`."""
    return int(rng.integers(1, most + 1)), int(rng.integers(1, most + 1))


def batch(rng: np.random.Generator) -> tuple[int, ...]:
    """Return the batch's part of a shape: one, several, none at all (unbatched), or of size 0."""
    return one_of(rng, ((1,), (1,), (2,), (3,), (), (0,)))


def window(rng: np.random.Generator, dilated: bool) -> Drawn:
    """Return a pooling problem."""
    size = pair(rng, 5)
    dilation = pair(rng, 3) if dilated else (1, 1)
    padding = tuple(int(rng.integers(0, extent // 2 + 1)) for extent in size)
    # As large as the window, and as the dilation: then every window has a tap inside the image.
    image = tuple(
        max(extent, d * (taps - 1) + 1 - 2 * pad, d)
        for extent, taps, d, pad in zip(pair(rng, 12), size, dilation, padding, strict=True)
    )
    options: dict[str, Any] = {
        "kernel_size": size,
        "padding": padding,
        "ceil_mode": bool(rng.random() < 0.5),
    }
    if dilated:
        options["dilation"] = dilation
    if rng.random() < 0.8:
        options["stride"] = pair(rng, 4)
    return {"input": (*batch(rng), edge(rng, 5), *image)}, options
