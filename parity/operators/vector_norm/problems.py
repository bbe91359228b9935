"""vector_norm problems: those of every reduction, orders, zeros, elements of the largest size."""

import numpy as np

from crosscheck.parity.problem import Problem, rejected, zeros
from crosscheck.parity.shared import reduction_problems


def _of_order(name: str, reason: str, ord: float, **how: object) -> Problem:
    return Problem("vector_norm", name, reason, {"input": (3, 5)}, {"ord": ord, "dim": 1}, **how)


SPARSE = np.where(np.arange(24.0).reshape(4, 6) % 5 == 1, 1.5, 0.0) * [[1], [0], [-1], [1]]

PROBLEMS = (
    *reduction_problems.problems("vector_norm"),
    *(
        _of_order(f"order-{word}", reason, p)
        for word, reason, p in (
            ("0", "a count", 0),
            ("1", "a sum of sizes", 1),
            ("3", "products below a root by pow", 3),
            ("4", "an integer by pow", 4),
            ("1.5", "a derivative with a root", 1.5),
            ("0.5", "below 1: roots, and a square of their sum", 0.5),
            ("0.3", "a p that is rounded", 0.3),
            ("minus-1", "reciprocals", -1),
            ("minus-2.5", "powers below 0", -2.5),
            ("infinite", "the largest size", np.inf),
            ("minus-infinite", "the smallest size", -np.inf),
        )
    ),
    *(
        Problem(
            "vector_norm",
            f"zeros-{word}",
            "vectors with zeros, and of nothing else",
            {"input": SPARSE},
            {"ord": p, "dim": 1},
        )
        for word, p in (("0", 0), ("2", 2), ("3", 3), ("0.5", 0.5), ("minus-1", -1))
    ),
    _of_order("shared-infinite", "the largest share the gradient", np.inf, values="ties"),
    _of_order("shared-minus-infinite", "the smallest share it", -np.inf, values="ties"),
    _of_order("nan-infinite", "NaN counts as the largest", np.inf, values="nan"),
    _of_order("nan-0", "NaN counts as an element", 0, values="nan"),
    Problem(
        "vector_norm",
        "apart-infinite",
        "the largest over two dimensions apart",
        {"input": (2, 3, 4, 5)},
        {"ord": np.inf, "dim": (0, 2), "keepdim": True},
    ),
    Problem(
        "vector_norm",
        "tree-3",
        "one vector long enough for the tree",
        {"input": (1100,)},
        {"ord": 3},
    ),
)
SPECIAL_VALUES = ("rows", "order-1.5", "order-0.5", "order-infinite")


def _bad(wrong: str, ord: object, dim: object, *shape: int) -> Problem:
    return rejected("vector_norm", wrong, {"input": zeros(*shape)}, ord=ord, dim=dim)


REJECTS = (
    *reduction_problems.rejects("vector_norm"),
    _bad("an order in words", "2", 1, 2, 3),
    _bad("the largest of nothing", np.inf, 1, 3, 0),
    _bad("reciprocals of nothing", -1, None, 0, 3),
)
