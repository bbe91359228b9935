"""A step on a list of parameters: the bits of one at a time, in one launch, watched."""

import numpy as np
import pytest

from crosscheck.kernels import arrays
from crosscheck.kernels.cpu import InitError
from crosscheck.kernels.cpu.options import modes
from crosscheck.kernels.cpu.sanitizer import unwritten
from crosscheck.kernels.launch import sanitized, wide_index
from crosscheck.kernels.optimizer import adam, adamw, foreach, sgd
from crosscheck.kernels.optimizer.lists import Kind, grouped

SIZES = (0, 1, 3, 4, 5, foreach.CHUNK + 1, 2 * foreach.CHUNK)
STEPS = {
    "sgd": (sgd, 1, dict(lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.1)),
    "adam": (adam, 3, dict(step=2, lr=0.1, weight_decay=0.1)),
    "adamw": (adamw, 2, dict(step=2, lr=0.1, maximize=True)),
}
each = pytest.mark.parametrize("name", STEPS)


def numbers(size, seed, dtype=np.float32):
    return np.abs(np.random.default_rng(seed).standard_normal(size)).astype(dtype)


def lists(name, dtype=np.float32, sizes=SIZES):
    """Return lists of parameters, gradients and state; one of an unaligned array, one transposed,
    and one whose gradient has another order of memory.
    """
    made = []
    for seed in range(2 + STEPS[name][1]):
        row = [numbers(size, 10 * seed + i, dtype) for i, size in enumerate(sizes)]
        square = numbers((8, 600), 10 * seed + 9, dtype)
        other = np.asfortranarray(square) if seed == 1 else square.copy()
        made.append([*row, numbers(5000, seed, dtype)[1:], square.T, other])
    return made


def after(name, algorithm, dtype=np.float32, sizes=SIZES):
    module, _, options = STEPS[name]
    given = lists(name, dtype, sizes)
    module.foreach_step(*given, **options, algorithm=algorithm)
    return given


def same(found, expected):
    for one, other in zip(found, expected, strict=True):
        for a, b in zip(one, other, strict=True):
            np.testing.assert_array_equal(a, b)


@each
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_bits_are_those_of_one_parameter_at_a_time(name, dtype):
    module, _, options = STEPS[name]
    expected = lists(name, dtype)
    for one in zip(*expected, strict=True):
        module.step(*one, **options)
    same(after(name, "foreach", dtype), expected)
    same(after(name, None, dtype), expected)


@pytest.mark.parametrize("mode", [wide_index, sanitized, lambda: modes.using(seed=1)])
def test_modes_change_no_bit(mode):
    expected = after("sgd", "direct", sizes=SIZES[:-1])
    with mode():
        found = after("sgd", "foreach", sizes=SIZES[:-1])
    same(found, expected)


def test_arrays_of_two_dtypes_go_in_two_launches_and_strided_ones_apart():
    given = [[np.ones(5), np.ones(6, np.float32), np.ones(7), np.ones(9)[::2]] for _ in range(2)]
    kinds = [
        tuple(Kind(arrays.place(array), arrays.facts(array)) for array in one)
        for one in zip(*given, strict=True)
    ]
    groups = grouped("sgd", ("parameter", "gradient"), tuple(kinds))
    assert groups == ([[0, 2], [1]], [3])


def test_tables_are_made_once_for_arrays_that_stay_where_they_are():
    given = lists("sgd")
    foreach.parameter_table.cache_clear()
    for _ in range(3):
        sgd.foreach_step(*given[:2], lr=0.1, algorithm="foreach")
    assert foreach.parameter_table.cache_info().misses == 1
    moved = [array.copy() for array in given[1]]
    sgd.foreach_step(given[0], moved, lr=0.1, algorithm="foreach")
    assert foreach.parameter_table.cache_info().misses == 2


def test_a_read_of_an_unwritten_gradient_is_found():
    gradient = unwritten.mark(np.empty(8, np.float32))
    with sanitized(keep_going=False), pytest.raises(InitError):
        sgd.foreach_step([np.ones(8, np.float32)], [gradient], algorithm="foreach")


P = np.ones(3)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda p: sgd.foreach_step([p, P], [P]), ValueError, "sgd: the number of gradients is 1"),
        (lambda p: sgd.foreach_step([p, P], [P, P[:2]]), ValueError, "sgd: gradient[1].shape is"),
        (lambda p: sgd.foreach_step([p], [None]), TypeError, "sgd: gradient[0] is 'builtins.None"),
        (lambda p: sgd.foreach_step([p], [P], lr=-1), ValueError, "sgd: lr is -1; expected"),
        (lambda p: sgd.foreach_step([p], [P], algorithm="x"), ValueError, "sgd: algorithm is 'x'"),
        (
            lambda p: sgd.foreach_step([p], [P], momentum=0.5),
            ValueError,
            "sgd: momentum_buffer is None",
        ),
        (
            lambda p: sgd.foreach_step([p, np.broadcast_to(P, 3)], [P, P]),
            ValueError,
            "sgd: parameter[1].flags.writeable is False",
        ),
    ],
)
def test_bad_input_raises_and_changes_nothing(call, error, message):
    parameter = P.copy()
    with pytest.raises(error) as raised:
        call(parameter)
    assert message in str(raised.value)
    assert (parameter == 1).all()


def test_nothing_to_update_is_nothing_to_do():
    sgd.foreach_step([], [], algorithm="foreach")
    empty = [np.zeros(0)]
    sgd.foreach_step(empty, empty, algorithm="foreach")
