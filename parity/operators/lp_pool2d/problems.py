"""lp_pool2d problems: those of every pooling that need no padding, norms, windows of zeros."""

from dataclasses import replace

import numpy as np

from crosscheck.parity.problem import Problem
from crosscheck.parity.shared.pooling_problems import WINDOWS, Row, bad_pool, bad_pools, pools


def _positive(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).uniform(0.1, 3.0, shape)


def _signed(*shape: int) -> np.ndarray:
    return np.random.default_rng(1).standard_normal(shape)


def _sparse(*shape: int) -> np.ndarray:
    """Return numbers of which most are 0, so that windows are."""
    values = np.random.default_rng(2).uniform(-1, 1, shape)
    return np.where(values > 0.7, values, 0.0)


OVERLAP = dict(kernel_size=(3, 2), stride=(2, 1))

OWN: tuple[Row, ...] = (
    ("norm-1", "a sum", _positive(1, 2, 6, 5), dict(norm_type=1, **OVERLAP)),
    (
        "norm-1-signed",
        "a sum, which may be below 0",
        _signed(1, 2, 6, 5),
        dict(norm_type=1, **OVERLAP),
    ),
    (
        "norm-3",
        "a cube has its element's sign",
        _positive(1, 2, 6, 5),
        dict(norm_type=3, **OVERLAP),
    ),
    ("norm-3-signed", "no root below 0", _signed(1, 2, 6, 5), dict(norm_type=3.0, **OVERLAP)),
    ("norm-4", "an integer by pow", _signed(1, 2, 6, 5), dict(norm_type=4, **OVERLAP)),
    ("norm-1.5", "a power that is none", _positive(1, 2, 6, 5), dict(norm_type=1.5, **OVERLAP)),
    ("norm-0.5", "the root is a square", _positive(1, 2, 6, 5), dict(norm_type=0.5, **OVERLAP)),
    ("norm-0.3", "a norm that is rounded", _positive(1, 2, 6, 5), dict(norm_type=0.3, **OVERLAP)),
    ("norm-minus-1", "reciprocals", _signed(1, 2, 6, 5), dict(norm_type=-1, **OVERLAP)),
    ("norm-minus-2", "both powers are special", _signed(1, 2, 6, 5), dict(norm_type=-2, **OVERLAP)),
    ("norm-infinite", "the largest size", (1, 2, 6, 5), dict(norm_type=np.inf, **OVERLAP)),
    (
        "norm-minus-infinite",
        "the smallest size",
        (1, 2, 6, 5),
        dict(norm_type=-np.inf, values="ties", **OVERLAP),
    ),
    ("zero-windows", "0 has no slope", _sparse(1, 2, 8, 9), dict(norm_type=2, **OVERLAP)),
    ("zero-windows-1", "not even a sum's", _sparse(1, 2, 8, 9), dict(norm_type=1, kernel_size=2)),
    (
        "ceil-corner",
        "windows over both edges, of a quarter of their taps",
        (1, 2, 7, 5),
        dict(kernel_size=4, stride=3, ceil_mode=True),
    ),
    ("nan", "NaN reaches the windows that hold it", (1, 2, 6, 6), dict(values="nan", **OVERLAP)),
    ("nan-1", "and has no slope", (1, 2, 6, 6), dict(values="nan", norm_type=1, **OVERLAP)),
    ("infinities", "their squares are, too", (1, 2, 6, 6), dict(values="infinities", **OVERLAP)),
    ("tiny", "squares below the smallest number", (1, 2, 5, 5), dict(values="tiny", **OVERLAP)),
)


LAYOUTS: tuple[Row, ...] = tuple(
    (layout, f"every array {layout}", (2, 3, 7, 5), dict(layout=layout, **OVERLAP))
    for layout in ("strided", "channels_last", "reversed", "transposed")
)


def _rows() -> tuple[Row, ...]:
    """Return the problems that need no padding, with a norm of 2 where they name none."""
    shared = (row for row in WINDOWS if "padding" not in row[3])
    return tuple(
        (name, reason, input, {"norm_type": 2, **options})
        for name, reason, input, options in (*shared, *LAYOUTS, *OWN)
    )


PROBLEMS = pools("lp_pool2d", _rows())
SPECIAL_VALUES = ("overlap-2", "norm-1.5", "norm-infinite")

LAYERS = (
    Problem(
        "lp_pool2d",
        "house-numbers",
        "Sermanet, Chintala and LeCun's pools for house numbers",
        {"input": (2, 16, 28, 28)},
        {"norm_type": 4, "kernel_size": 2},
    ),
)


BAD: tuple[tuple[str, dict], ...] = (
    ("norm 0", dict(norm_type=0)),
    ("a norm in words", dict(norm_type="2")),
)
REJECTS = tuple(
    replace(each, options={"norm_type": 2, **each.options})
    for each in (
        *(each for each in bad_pools("lp_pool2d") if "padding" not in each.options),
        *(bad_pool("lp_pool2d", wrong, **how) for wrong, how in BAD),
    )
)
