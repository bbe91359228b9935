"""Random problems, recreated by their seed and number: small, and drawn towards the edges.

Each case has a generator of its own, so number 40 can be had without drawing the 39 before it.
"""

from collections.abc import Iterator

import numpy as np

from parity.case import Case

COUNT = 300
LAYOUTS = ("contiguous", "contiguous", "strided", "channels_last")
VALUES = ("normal", "normal", "normal", "ties", "negative", "nan", "minus_inf")
OPS = ("conv2d", "conv2d", "conv2d", "max_pool2d", "max_pool2d", "avg_pool2d", "relu")


def cases(
    op: str | None = None,
    case: str | None = None,
    seed: int = 0,
    count: int | None = None,
    **options: object,
) -> Iterator[Case]:
    """Yield the first `count` cases of `seed`, or only the one called `case`."""
    numbers = range(COUNT if count is None else count)
    if case is not None:
        numbers = range(int(case), int(case) + 1) if case.isdecimal() else range(0)
    for number in numbers:
        yield draw(seed, number)


def draw(seed: int, number: int) -> Case:
    """Return case `number` of `seed`."""
    rng = np.random.default_rng((seed, number))
    op = _one_of(rng, OPS)
    inputs, options = _DRAW[op](rng)
    return Case(
        op,
        "fuzz",
        f"{number}",
        "random",
        inputs,
        options,
        layout=_one_of(rng, LAYOUTS),
        values="normal" if op == "conv2d" else _one_of(rng, VALUES),
        origin=f"--seed {seed}",
        data=f"{seed}/{number}",
    )


def _conv(rng: np.random.Generator) -> tuple[dict, dict]:
    groups = _one_of(rng, (1, 1, 1, 2, 3))
    channels, filters = _edge(rng, 17), _edge(rng, 18)  # of one group
    image, window, dilation = _pair(rng, 11), _pair(rng, 5), _pair(rng, 3)
    options = {"stride": _pair(rng, 4), "dilation": dilation, "groups": groups}
    kind = _one_of(rng, ("number", "number", "number", "same", "valid"))
    if kind == "same":
        options |= {"padding": "same", "stride": 1}
    else:
        padding = tuple(int(rng.integers(0, 4)) for _ in range(2)) if kind == "number" else (0, 0)
        # The image grows until the filter fits: that keeps the draws and never rejects a case.
        image = tuple(
            max(extent, d * (r - 1) + 1 - 2 * pad, 1)
            for extent, r, d, pad in zip(image, window, dilation, padding, strict=True)
        )
        options["padding"] = padding if kind == "number" else "valid"
    inputs = {
        "input": (*_batch(rng), groups * channels, *image),
        "weight": (groups * filters, channels, *window),
    }
    if rng.random() < 0.7:
        inputs["bias"] = (groups * filters,)
    return inputs, options


def _window(rng: np.random.Generator, dilated: bool) -> tuple[dict, dict]:
    window = _pair(rng, 5)
    dilation = _pair(rng, 3) if dilated else (1, 1)
    padding = tuple(int(rng.integers(0, size // 2 + 1)) for size in window)
    # As large as the window, and as the dilation: then every window has a tap inside the image.
    image = tuple(
        max(extent, d * (size - 1) + 1 - 2 * pad, d)
        for extent, size, d, pad in zip(_pair(rng, 12), window, dilation, padding, strict=True)
    )
    options = {"kernel_size": window, "padding": padding, "ceil_mode": bool(rng.random() < 0.5)}
    if dilated:
        options["dilation"] = dilation
    if rng.random() < 0.8:
        options["stride"] = _pair(rng, 4)
    return {"input": (*_batch(rng), _edge(rng, 5), *image)}, options


def _max(rng: np.random.Generator) -> tuple[dict, dict]:
    inputs, options = _window(rng, dilated=True)
    options["return_indices"] = bool(rng.random() < 0.5)
    return inputs, options


def _average(rng: np.random.Generator) -> tuple[dict, dict]:
    inputs, options = _window(rng, dilated=False)
    options["count_include_pad"] = bool(rng.random() < 0.5)
    if rng.random() < 0.3:
        options["divisor_override"] = _one_of(rng, (1, 2, 5, -3))
    return inputs, options


def _relu(rng: np.random.Generator) -> tuple[dict, dict]:
    rank = int(rng.integers(0, 6))
    return {"input": tuple(_edge(rng, 9) for _ in range(rank))}, {}


def _one_of(rng: np.random.Generator, choices: tuple):
    return choices[rng.integers(len(choices))]


def _edge(rng: np.random.Generator, most: int) -> int:
    """Return an extent of 1 to `most`: the ends as likely as everything between."""
    return int(
        _one_of(rng, (1, most, int(rng.integers(1, most + 1)), int(rng.integers(1, most + 1))))
    )


def _pair(rng: np.random.Generator, most: int) -> tuple[int, int]:
    return int(rng.integers(1, most + 1)), int(rng.integers(1, most + 1))


def _batch(rng: np.random.Generator) -> tuple[int, ...]:
    """Return the batch's part of a shape: one, several, none at all (unbatched), or of size 0."""
    return _one_of(rng, ((1,), (1,), (2,), (3,), (), (0,)))


_DRAW = {"conv2d": _conv, "max_pool2d": _max, "avg_pool2d": _average, "relu": _relu}
