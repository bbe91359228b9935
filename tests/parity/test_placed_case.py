"""A placed case: where each of its arrays lies."""

from crosscheck.parity import expected
from crosscheck.parity.case import Case
from crosscheck.parity.placed_case import PlacedCase


def strides(name):
    """Return the strides of each array of a case with mixed layouts."""
    inputs = {"input": (3, 4, 5), "target": (3, 4, 5), "weight": (3, 4, 5)}
    case = Case("mse_loss", "fuzz", name, "a test", inputs, {"reduction": "none"}, "mixed")
    placed = PlacedCase(case, expected.of(case, "float32"), "float32", "cpu")
    arrays = {each: array.array for each, array in placed.real.items()}
    arrays["out"] = placed.output("forward", 0).array
    return {each: array.strides for each, array in arrays.items()}


def test_mixed_arrays_lie_in_several_layouts_the_same_in_each_run():
    assert strides("a") == strides("a")
    assert len({step for name in "abcd" for step in strides(name).values()}) == 5
    assert any(len(set(strides(name).values())) > 2 for name in "abcd")
