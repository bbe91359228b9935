"""The exact mean of many losses, and how far off a right one may be, piece by piece.

The mean depends on every row, so no part stands for it. But a row's loss and its bound depend on
that row alone: pieces that fit a cache, on all cores, take a fraction of the time and of the memory
that all rows at once take.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from crosscheck.kernels.cpu.machine import pool
from crosscheck.parity.bounds import gamma
from crosscheck.parity.operators.cross_entropy import bounds

PIECE = 2**17  # elements


def is_plain_mean(sizes: Mapping[str, tuple[int, ...]], options: Mapping[str, Any]) -> bool:
    """Return whether a cross_entropy of these sizes is the mean of the losses of all rows of logits
    (n, classes), each compared with a class.
    """
    plain = len(sizes["input"]) == 2 and sizes["target"] == sizes["input"][:1]
    return plain and not {"weight", "ignore_index"} & {*sizes, *options} and _is_mean(options)


def _is_mean(options: Mapping[str, Any]) -> bool:
    return options.get("reduction", "mean") == "mean"


def of(
    tensors: Mapping[str, np.ndarray],
    options: Mapping[str, Any],
    dtype: str,
    of_rows: Callable[..., tuple[np.ndarray, np.ndarray]],
) -> tuple[np.ndarray, np.ndarray]:
    """Return (exact, limit) of a plain mean, both scalars of float64.

    of_rows   (tensors, options) -> (exact, limit) of the losses of some rows
    """
    n, classes = tensors["input"].shape
    options, step = {**options, "reduction": "none"}, max(1, PIECE // max(1, classes))

    def of_piece(start: int) -> tuple[np.ndarray, np.ndarray]:
        rows = {name: tensors[name][start : start + step] for name in ("input", "target")}
        return of_rows({**rows, "grad_output": np.zeros(len(rows["target"]), dtype)}, options)

    with ThreadPoolExecutor(pool.cores()) as threads:  # NumPy and PyTorch let each other compute
        found = list(threads.map(of_piece, range(0, n, step)))
    losses, limits = (np.concatenate(each) for each in zip(*found, strict=True))
    # The limits have those of PyTorch's float64 rows in them; here its own mean's is added.
    limit = sum(
        bounds.of_mean(losses, off, n, gamma(n - 1, kind) * n, kind)
        for kind, off in ((dtype, limits), ("float64", np.zeros(n)))
    )
    return np.asarray(losses.mean()), np.asarray(limit)
