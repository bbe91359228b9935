"""The plan of a generalized ufunc's calls."""

import pytest

from crosscheck.kernels.cpu.cuda.deviceufunc import GUFuncEngine

MATMUL = GUFuncEngine.from_signature("(m, n), (n, p) -> (m, p)")


def test_a_smaller_argument_is_the_same_in_every_call():
    plan = MATMUL.schedule(((12, 34, 4, 5), (1, 5, 7)))
    assert (plan.ishapes, plan.oshapes) == ([(4, 5), (5, 7)], [(4, 7)])
    assert (plan.loopdims, plan.loopn, plan.pinned) == ((12, 34), 408, [False, True])
    assert plan.output_shapes == [(12, 34, 4, 7)]


@pytest.mark.parametrize(
    "shapes, text",
    [
        (((5,), (5, 7)), "arg #1: insufficient inner dimension"),
        (((4, 5), (2, 6, 7)), r"arg #2: shape\[1\] mismatch argument"),
        (((3, 4, 5), (2, 5, 7)), "arg #2: outer dimension mismatch"),
    ],
)
def test_shapes_that_do_not_fit(shapes, text):
    with pytest.raises(ValueError, match=text):
        MATMUL.schedule(shapes)


def test_another_number_of_arguments():
    with pytest.raises(TypeError, match="invalid number of input argument: 1; not 2"):
        MATMUL.schedule(((4, 5),))
