"""What sum and mean share: they add up n elements each, the same n for every output."""

import numpy as np

from crosscheck.parity.question import Arrays, Options, Question
from crosscheck.parity.shared import sums
from crosscheck.parity.shared.draws import Drawn, edge, one_of


def terms(question: Question) -> int:
    """Return how many elements an output adds up."""
    size = dict(question.shapes)["input"]
    outputs = question.terms()["forward"].size
    return int(np.prod(size)) // max(outputs, 1)


def integers(question: Question, seed: int) -> dict[str, np.ndarray]:
    """Return integers whose sums, and those of a gradient of ones, stay exact."""
    shape = question.terms()["forward"].shape
    amplitude = sums.largest_product(terms(question))
    return sums.integers(question, seed, {"grad_output": shape}, amplitude)


def fuzz(rng: np.random.Generator) -> Drawn:
    """Return an array, and some of its dimensions, counted from either end, or all of them."""
    rank = int(rng.integers(0, 6))
    shape = tuple(0 if rng.random() < 0.03 else edge(rng, 9) for _ in range(rank))
    if rng.random() < 0.1:
        rank, shape = 2, (int(rng.integers(1, 4)), edge(rng, 1200))
    if rng.random() < 0.2:
        return {"input": shape}, {}
    many = rng.permutation(rank)[: rng.integers(0, rank + 1)]
    dim = tuple(int(axis) - one_of(rng, (0, rank)) for axis in many)
    if len(dim) == 1 and rng.random() < 0.5:
        dim = dim[0]
    return {"input": shape}, {"dim": dim, "keepdim": bool(rng.random() < 0.5)}


def outside(inputs: Arrays, options: Options) -> str:
    """Return why a call is none of ours, "" when it is."""
    return "ours have no dtype=: the result is of the input's" if "dtype" in options else ""
