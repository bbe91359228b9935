"""Shrinking: the smallest case that still fails, for failures of which the smallest is known."""

import numpy as np

from crosscheck.parity.case import Case
from crosscheck.parity.fuzzing import literal, shrink


def case(op, inputs, **options):
    fields = {name: options.pop(name) for name in ("layout", "values") if name in options}
    return Case(op, "fuzz", "17", "random", inputs, options, data_name="3/17", **fields)


def shrunk(given, fails):
    return literal.write(shrink.smallest(given, fails))


def test_what_fails_always_becomes_the_simplest():
    given = case("relu", {"input": (3, 1, 5)}, layout="strided", values="nan", inplace=True)
    assert shrunk(given, lambda each: True) == "relu(input=())"


def test_what_never_fails_otherwise_stays():
    given = case("relu", {"input": (1,)})
    assert shrink.smallest(given, lambda each: False) is given


def test_what_matters_stays():
    def fails(each):
        strided, (rows, columns) = each.layout == "strided", (*each.inputs["input"], 0, 0)[:2]
        padding = (*each.options.get("padding", ()), 0, 0)
        return strided and rows >= 3 and columns == 7 and padding[1] >= 2

    given = case(
        "max_pool2d", {"input": (9, 7, 8)}, layout="strided", padding=(4, 5), stride=(2, 2)
    )
    assert shrunk(given, fails) == "max_pool2d(input=(3, 7), padding=(0, 2), layout='strided')"


def test_equal_extents_shrink_together():
    def fails(each):
        channels = [each.inputs.get(name, ())[1:2] for name in ("input", "weight")]
        return channels[0] == channels[1] and channels[0] >= (3,)

    given = case("conv2d", {"input": (2, 12, 5, 5), "weight": (4, 12, 3, 3), "bias": (4,)})
    smallest = shrink.smallest(given, fails)
    assert dict(smallest.inputs) == {"input": (1, 3), "weight": (1, 3)}


def test_an_extent_of_0_is_kept_and_none_is_made():
    seen = []

    def fails(each):
        seen.append(each.inputs["input"])
        return 0 in each.inputs["input"]

    assert shrunk(case("sum", {"input": (4, 0, 6)}), fails) == "sum(input=(0,))"
    assert all(shape.count(0) <= 1 for shape in seen)


def test_integers_shrink_with_their_shape():
    target = np.array([[3, 1], [0, 2]])
    given = case("cross_entropy", {"input": (2, 5, 2), "target": target}, reduction="sum")

    def fails(each):
        return "target" in each.inputs and each.inputs["target"].shape == (2,)

    smallest = shrink.smallest(given, fails)
    assert smallest.inputs["target"].tolist() == [0, 0]


def test_the_number_of_attempts_is_limited(monkeypatch):
    monkeypatch.setattr(shrink, "ATTEMPTS", 5)
    tried = []
    given = case("relu", {"input": (9, 9, 9, 9)})
    shrink.smallest(given, lambda each: bool(tried.append(each)) or False)
    assert len(tried) == 5
