"""A function of tensors, in every direction of an operator."""

import pytest
import torch

from crosscheck.kernels.algorithm import Unsupported
from crosscheck.kernels.launch import sanitized
from crosscheck.parity import expected
from crosscheck.parity.case import Case
from crosscheck.parity.check import check
from crosscheck.parity.own import differentiable
from crosscheck.parity.placed_case import PlacedCase

SIZES = {"input": (2, 3, 6, 5), "weight": (4, 3, 3, 2), "bias": (4,)}


def results(op, name, inputs, layout="contiguous", **options):
    """Return what every direction of a case gives with the function `name`, by direction."""
    case = Case(op, "suite", "name", "a test", inputs, options, layout)
    placed = PlacedCase(case, expected.of(case, "float32"), "float32", "cpu")
    return {each.name: check(placed, each, name)[0] for each in placed.operator.directions}


@pytest.mark.parametrize("layout", ["contiguous", "strided", "channels_last", "transposed"])
def test_one_function_is_checked_in_every_direction(layout):
    differentiable("conv2d", name="theirs")(torch.nn.functional.conv2d)
    found = results("conv2d", "theirs", SIZES, layout, stride=2, padding=1)
    assert len(found) == 4 and all(each.ok and 0 < each.share for each in found.values())


def test_a_wrong_gradient_is_seen_and_the_right_ones_pass():
    class Wrong(torch.autograd.Function):
        @staticmethod
        def forward(context, x, w, b):
            context.save_for_backward(x, w)
            return torch.nn.functional.linear(x, w, b)

        @staticmethod
        def backward(context, dy):
            x, w = context.saved_tensors
            return dy @ w, dy.T @ x, dy.sum(0) * 1.001

    @differentiable("linear", name="wrong")
    def linear(input, weight, bias):
        return Wrong.apply(input, weight, bias)

    found = results("linear", "wrong", {"input": (5, 4), "weight": (3, 4), "bias": (3,)})
    assert [name for name, each in found.items() if not each.ok] == ["bias_gradient"]
    assert "outside the bound" in found["bias_gradient"].message


def test_what_it_updates_in_place_is_a_result():
    function = torch.nn.functional.batch_norm
    differentiable("batch_norm", name="theirs")(function)

    @differentiable("batch_norm", name="forgets")
    def forgets(input, running_mean, running_var, **rest):
        return function(input, running_mean.clone(), running_var.clone(), **rest)

    sizes = {"input": (8, 3, 4), "running_mean": (3,), "running_var": (3,)}
    for name, ok in (("theirs", True), ("forgets", False)):
        found = results("batch_norm", name, sizes, training=True)["forward"]
        assert found.ok is ok, found.message


def test_an_argument_that_is_changed_is_seen():
    @differentiable("relu", name="changes")
    def changes(input):
        with torch.no_grad():
            return input.clamp_(min=0) if not input.requires_grad else input * (input > 0)

    found = results("relu", "changes", {"input": (3, 4)})
    assert "input input was changed" in found["forward"].message
    assert found["input_gradient"].message.startswith("RuntimeError")  # there is no tape


def test_what_it_has_no_parameter_for_is_refused():
    @differentiable("conv2d", name="few")
    def few(input, weight, stride=1):
        return torch.conv2d(input, weight, None, stride)

    without = {name: size for name, size in SIZES.items() if name != "bias"}
    assert results("conv2d", "few", without, stride=2)["forward"].ok
    for inputs, options, name in ((SIZES, {}, "bias"), (without, {"padding": 1}, "padding")):
        found = results("conv2d", "few", inputs, **options)["forward"]
        assert found.unsupported == f"few has no parameter {name}"


def test_negative_strides_another_device_and_the_sanitizer_are_refused():
    differentiable("relu", name="theirs")(torch.relu)
    differentiable("relu", name="there", device="cuda")(torch.relu)
    sizes = {"input": (3, 4)}
    reversed_ = results("relu", "theirs", sizes, "reversed")["forward"]
    assert "negative stride" in reversed_.unsupported
    assert results("relu", "there", sizes)["forward"].unsupported == "there runs on cuda alone"
    with sanitized():
        assert "sanitizer" in results("relu", "theirs", sizes)["forward"].unsupported


def test_it_may_round_as_an_algorithm_of_ours_does():
    for name, like in (("sum", ""), ("like", "winograd")):
        differentiable("conv2d", name=name, rounds_like=like)(torch.nn.functional.conv2d)
    sizes = {"input": (1, 3, 8, 8), "weight": (2, 3, 3, 3)}
    of_a_sum, of_winograd = (results("conv2d", name, sizes)["forward"] for name in ("sum", "like"))
    assert of_a_sum.error == of_winograd.error and 0 < of_winograd.share < of_a_sum.share


def test_it_is_refused_where_there_is_no_such_operator_or_the_name_is_taken():
    with pytest.raises(ValueError, match="op is 'conv3d'; expected one of"):
        differentiable("conv3d", name="mine")(torch.relu)
    differentiable("relu", name="mine")(torch.relu)
    with pytest.raises(ValueError, match="'mine'; expected another: relu forward has it"):
        differentiable("relu", name="mine")(torch.relu)
    with pytest.raises(ValueError, match="'tiled'; expected another: an algorithm of ours"):
        differentiable("relu", name="tiled")(torch.relu)


def test_unsupported_of_the_function_counts_as_such():
    @differentiable("relu", name="picky")
    def picky(input):
        raise Unsupported("everything")

    assert results("relu", "picky", {"input": (3, 4)})["forward"].unsupported == "everything"
