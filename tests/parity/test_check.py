"""Every check catches the fault it is there for. The kernels here are NumPy: sound, then faulty."""

from types import MappingProxyType

import numpy as np
import pytest

from crosscheck.kernels.algorithm import Algorithm, Unsupported
from crosscheck.parity import expected
from crosscheck.parity.case import Case
from crosscheck.parity.check import check
from crosscheck.parity.direction import Direction
from crosscheck.parity.placed_case import PlacedCase

LAYOUTS = ["contiguous", "strided", "channels_last", "reversed", "transposed", "mixed"]


def placed(op="relu", layout="contiguous", dtype="float32", inputs=None, **options):
    case = Case(op, "suite", "name", "a test", inputs or {"input": (2, 3, 4, 5)}, options, layout)
    return PlacedCase(case, expected.of(case, dtype), dtype, "cpu")


def run(call, of=None, outputs=MappingProxyType({"out": "forward"})):
    """Return the result of checking `call` as the only algorithm of the forward pass."""
    fake = Direction("forward", call, {"fake": Algorithm("fake", call)}, outputs)
    return check(of or placed(), fake, "fake")[0]


def relu(input, *, algorithm=None, out=None):
    out[...] = np.maximum(input, 0)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_sound_kernel_passes(layout, dtype):
    result = run(relu, placed(layout=layout, dtype=dtype))
    assert result.ok and result.message == "" and result.error == 0
    assert result.seconds > 0
    assert (result.direction, result.algorithm, result.dtype) == ("forward", "fake", dtype)
    assert result.repro == (
        "python -m crosscheck.parity --suite suite --op relu --case name"
        f" --dtype {dtype} --device cpu --algorithm fake"
    )


@pytest.mark.parametrize("layout", LAYOUTS)
def test_an_output_never_written_fails_even_where_the_answer_is_zero(layout):
    of = placed(layout=layout)

    def only_what_is_positive(input, *, algorithm=None, out=None):
        np.copyto(out, input, where=input > 0)

    result = run(only_what_is_positive, of)
    zeros = int((of.expected.real.exact["forward"] == 0).sum())
    assert not result.ok and f"out: {zeros} of 120 elements never written" in result.message


def test_adding_to_the_output_instead_of_writing_it_fails():
    def add(input, *, algorithm=None, out=None):
        out += np.maximum(input, 0)

    assert not run(add).ok


def test_a_write_outside_the_output_fails():
    def one_more(input, *, algorithm=None, out=None):
        relu(input, out=out)
        np.lib.stride_tricks.as_strided(out, (out.size + 1,), (4,))[-1] = 0

    result = run(one_more)
    assert not result.ok and "out: 1 elements written outside the array" in result.message


def test_an_input_that_was_changed_fails_and_the_next_algorithm_gets_it_whole():
    def in_place(input, *, algorithm=None, out=None):
        np.maximum(input, 0, out=input)
        out[...] = input

    of = placed()
    result = run(in_place, of)
    assert not result.ok and result.message == "input input was changed"
    assert run(relu, of).ok


def test_other_bits_in_a_second_run_fail():
    runs = []

    def drifting(input, *, algorithm=None, out=None):
        runs.append(None)
        out[...] = np.maximum(input, 0)
        if len(runs) == 2:
            out.flat[7] = -0.0 if out.flat[7] == 0 else np.nextafter(out.flat[7], 9)

    result = run(drifting)
    assert not result.ok and "a second run gave other bits in forward" in result.message


def test_a_second_launch_that_writes_less_fails():
    runs = []

    def once(input, *, algorithm=None, out=None):
        runs.append(None)
        if len(runs) != 2:
            relu(input, out=out)

    assert "120 of 120 elements never written" in run(once).message


def test_an_error_of_one_bit_in_an_exact_operation_fails():
    def nearly(input, *, algorithm=None, out=None):
        out[...] = np.nextafter(np.maximum(input, 0), np.float32(9))

    result = run(nearly)
    assert not result.ok and result.share == np.inf


def test_integers_catch_what_the_bound_lets_pass():
    """A sum whose rounding is within the bound on real data, but never exact on integers."""
    of = placed("conv2d", inputs={"input": (1, 40, 1, 1), "weight": (1, 40, 1, 1)})

    def slightly_off(input, weight, *, algorithm=None, out=None):
        out[...] = (input.astype(float) * weight).sum() * (1 + 2.0**-23)

    result = run(slightly_off, of)
    assert not result.ok and result.share <= 1
    assert result.message.startswith("integers, forward: 1 of 1 elements")


def test_indices_are_compared():
    case = Case("max_pool2d", "s", "n", "r", {"input": (1, 1, 4, 4)}, {"kernel_size": 2})
    of = PlacedCase(case, expected.of(case, "float32"), "float32", "cpu")

    def wrong_index(input, *, algorithm=None, out=None, indices=None):
        blocks = input.reshape(2, 2, 2, 2)
        out[0, 0] = blocks.max((1, 3))
        indices[...] = 0

    result = run(wrong_index, of, {"out": "forward", "indices": "indices"})
    assert not result.ok and "indices: " in result.message and "outside" not in result.message


def test_an_exception_is_a_failing_result_and_not_a_crash():
    def broken(input, *, algorithm=None, out=None):
        raise IndexError("x[9] of 8")

    result = run(broken)
    assert not result.ok and result.message == "IndexError: x[9] of 8"


def test_an_input_changed_before_an_exception_is_put_back():
    def spoils(input, *, algorithm=None, out=None):
        input[...] = 0
        raise RuntimeError("halfway")

    of = placed()
    assert not run(spoils, of).ok
    assert run(relu, of).ok


def test_an_exception_in_a_later_launch_is_a_failing_result():
    runs = []

    def second_breaks(input, *, algorithm=None, out=None):
        runs.append(None)
        if len(runs) == 2:
            raise RuntimeError("out of luck")
        relu(input, out=out)

    assert run(second_breaks).message == "a later launch: RuntimeError: out of luck"


def test_an_unsupported_case_is_counted_and_said():
    def picky(input, *, algorithm=None, out=None):
        raise Unsupported("relu: algorithm 'fake' does not take this")

    result = run(picky)
    assert result.ok and result.unsupported == "relu: algorithm 'fake' does not take this"


def test_a_case_without_an_integer_check_says_so():
    of = placed("avg_pool2d", inputs={"input": (1, 1, 4, 4)}, kernel_size=2, divisor_override=2**25)

    def average(input, *, algorithm=None, out=None):
        out[0, 0] = input.reshape(2, 2, 2, 2).sum((1, 3)) / np.float32(2**25)

    result = run(average, of)
    assert result.ok and result.message.startswith("integer check left out: ")
