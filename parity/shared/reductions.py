"""What sum and mean share: every output is a sum of equally many elements."""

import numpy as np

from crosscheck.parity.reference_call import Arrays, Options, ReferenceCall
from crosscheck.parity.shared import sums
from crosscheck.parity.shared.draws import Drawn, extent, one_of


def terms(call: ReferenceCall) -> int:
    """Return how many elements an output adds up."""
    size = dict(call.shapes)["input"]
    outputs = call.terms()["forward"].size
    return int(np.prod(size)) // max(outputs, 1)


def integers(call: ReferenceCall, seed: int) -> dict[str, np.ndarray]:
    """Return integers that keep every sum exact."""
    shape = call.terms()["forward"].shape
    amplitude = sums.largest_product(terms(call))
    return sums.integers(call, seed, {"grad_output": shape}, amplitude)


def fuzz(rng: np.random.Generator) -> Drawn:
    """Return an array, and which of its dimensions to reduce: any, by either sign, or all."""
    rank = int(rng.integers(0, 6))
    shape = tuple(0 if rng.random() < 0.03 else extent(rng, 9) for _ in range(rank))
    if rng.random() < 0.1:
        rank, shape = 2, (int(rng.integers(1, 4)), extent(rng, 1200))
    if rng.random() < 0.2:
        return {"input": shape}, {}
    many = rng.permutation(rank)[: rng.integers(0, rank + 1)]
    dim = tuple(int(axis) - one_of(rng, (0, rank)) for axis in many)
    if len(dim) == 1 and rng.random() < 0.5:
        dim = dim[0]
    return {"input": shape}, {"dim": dim, "keepdim": bool(rng.random() < 0.5)}


def out_of_scope(inputs: Arrays, options: Options) -> str:
    """Return what a call asks for that ours does not offer, "" if nothing."""
    return "dtype=: ours returns the input's dtype" if "dtype" in options else ""
