"""Parts of random problems: small ones, where the smallest and largest are drawn often."""

from typing import Any

import numpy as np

from crosscheck.parity.case import Shape

Drawn = tuple[dict[str, Shape | np.ndarray], dict[str, Any]]  # inputs, options

# How inputs are filled, as often as listed: mostly normal numbers; ties and special values.
VALUES = ("normal", "normal", "normal", "ties", "negative", "nan", "minus_inf")


def one_of(rng: np.random.Generator, choices: tuple) -> Any:
    """Return one of the choices, all equally likely."""
    return choices[rng.integers(len(choices))]


def extent(rng: np.random.Generator, most: int) -> int:
    """Return an extent of 1 to `most`: in half of all cases one of the two."""
    return int(
        one_of(rng, (1, most, int(rng.integers(1, most + 1)), int(rng.integers(1, most + 1))))
    )


def pair(rng: np.random.Generator, most: int) -> tuple[int, int]:
    """Return two numbers of 1 to `most`."""
    return int(rng.integers(1, most + 1)), int(rng.integers(1, most + 1))


def batch(rng: np.random.Generator) -> tuple[int, ...]:
    """Return the batch dimension of a shape: 1, 2, 3, 0, or none (unbatched)."""
    return one_of(rng, ((1,), (1,), (2,), (3,), (), (0,)))


def window(rng: np.random.Generator, dilated: bool, padded: bool = True) -> Drawn:
    """Return a pooling problem."""
    size = pair(rng, 5)
    dilation = pair(rng, 3) if dilated else (1, 1)
    padding = tuple(int(rng.integers(0, taps // 2 + 1)) if padded else 0 for taps in size)
    # At least as large as the window and the dilation, so that every window has a tap inside it.
    image = tuple(
        max(pixels, d * (taps - 1) + 1 - 2 * pad, d)
        for pixels, taps, d, pad in zip(pair(rng, 12), size, dilation, padding, strict=True)
    )
    options: dict[str, Any] = {
        "kernel_size": size,
        "ceil_mode": bool(rng.random() < 0.5),
    }
    if padded:
        options["padding"] = padding
    if dilated:
        options["dilation"] = dilation
    if rng.random() < 0.8:
        options["stride"] = pair(rng, 4)
    return {"input": (*batch(rng), extent(rng, 5), *image)}, options
