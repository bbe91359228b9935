"""No sum's order depends on where its result goes: outputs in any layout have the same bits.

Inputs lie in several layouts, too, each alone or all mixed. A reduction may follow the layout of
its input, so only the outputs vary while bits are compared.
"""

import numpy as np
import pytest

from crosscheck.kernels.algorithm import Unsupported
from crosscheck.kernels.loss import mse_loss
from crosscheck.parity import expected
from crosscheck.parity.case import Case
from crosscheck.parity.operators import OPERATORS
from crosscheck.parity.placed_case import PlacedCase
from crosscheck.parity.placement import PlacedArray, strides_of

# A draw for each layout of the inputs; the first is left to `make gate`.
INPUTS = ("contiguous", "transposed", "mixed")
DRAWS = [pytest.param(n, marks=() if n else pytest.mark.gate) for n in range(len(INPUTS))]
OUTPUTS = ("contiguous", "transposed", "strided", "channels_last", "reversed")


def bits(placed, direction, algorithm, layout):
    """Return the bytes of each output of a direction that is written in the layout."""
    exact = placed.expected.real.exact
    outs = {}
    for keyword, result in direction.outputs.items():
        if result in exact:  # else an argument that was left out is not updated
            like = exact[result]
            dtype = placed.dtype if like.dtype.kind == "f" else like.dtype
            outs[keyword] = PlacedArray(like.shape, dtype, strides_of(layout, like.shape))
    arrays = {name: each.array for name, each in placed.real.items()}
    given = {keyword: each.array for keyword, each in outs.items()}
    placed.operator.run(direction, arrays, placed.case.options, algorithm, given)
    return {keyword: each.array.tobytes() for keyword, each in outs.items()}


@pytest.mark.parametrize("number", DRAWS)
@pytest.mark.parametrize("op", OPERATORS)
def test_bits_do_not_depend_on_the_layout_of_the_output(op, number):
    compared = 0
    inputs, options = OPERATORS[op].fuzz(np.random.default_rng((20, number)))
    layout = INPUTS[number]
    case = Case(op, "fuzz", f"{number}", "layouts", inputs, options, layout=layout)
    placed = PlacedCase(case, expected.of(case, "float32"), "float32", "cpu")
    for direction in placed.operator.directions:
        if direction.needs and f"{direction.needs}_gradient" not in placed.expected.bounds:
            continue  # an argument that was left out has no gradient
        for algorithm in direction.algorithms:
            try:
                all_bits = [bits(placed, direction, algorithm, each) for each in OUTPUTS]
            except Unsupported:
                continue
            assert all(each == all_bits[0] for each in all_bits), (case, direction.name)
            compared += 1
    assert compared


@pytest.mark.parametrize("seed", range(10))  # in some data every order has the same sum
def test_mse_loss_divides_by_one_total_of_weights_wherever_arrays_lie(seed):
    rng = np.random.default_rng(seed)
    x, t, w = (rng.random((11, 10, 2), np.float32) for _ in range(3))
    dy = np.ones((), np.float32)
    for turned in (x, t, w):
        given = [a.T.copy().T if a is turned else a for a in (x, t)]
        weight = w.T.copy().T if w is turned else w
        dx = mse_loss.input_gradient(dy, *given, weight=weight)
        for out in (np.empty_like(x), np.empty_like(x.T).T):
            mse_loss.input_gradient(dy, *given, weight=weight, out=out)
            np.testing.assert_array_equal(out, dx)
            mse_loss.target_gradient(dy, *given, weight=weight, out=out)
            np.testing.assert_array_equal(out, -dx)
