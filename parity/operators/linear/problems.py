"""linear problems: extents around a tile, ranks, layouts, empty inputs, bad input."""

from crosscheck.parity.case import Shape
from crosscheck.parity.problem import Problem, rejected, zeros


def _linear(
    name: str,
    reason: str,
    input: Shape,
    outs: int,
    bias: bool = True,
    layout: str = "contiguous",
    values: str = "normal",
) -> Problem:
    inputs = {"input": input, "weight": (outs, input[-1])}
    if bias:
        inputs["bias"] = (outs,)
    return Problem("linear", name, reason, inputs, {}, layout, values)


PROBLEMS = (
    _linear("one", "every extent is 1", (1, 1), 1),
    _linear("matrix", "the common case", (4, 7), 5),
    _linear("vector", "an input of one dimension", (9,), 4),
    _linear("rank-3", "leading dimensions fold into rows", (2, 3, 5), 4),
    _linear("rank-5", "four leading dimensions", (2, 1, 3, 2, 6), 3),
    _linear("no-bias", "no bias", (3, 5), 4, bias=False),
    *(_linear(f"ins-{n}", "inputs around a tile's edge", (3, n), 4) for n in (15, 16, 17, 33)),
    *(_linear(f"outs-{n}", "outputs around a tile's edge", (3, 4), n) for n in (15, 16, 17, 33)),
    *(_linear(f"rows-{n}", "rows around a tile's edge", (n, 4), 3) for n in (7, 8, 15, 16, 17, 33)),
    _linear("square", "a transposed weight would fit, and be wrong", (16, 16), 16),
    _linear("one-output", "a row vector of weights", (5, 20), 1),
    _linear("one-input", "an outer product", (5, 1), 20),
    _linear("no-rows", "the weight's gradient is 0", (0, 3), 4),
    _linear("no-rows-inside", "an empty dimension in the middle", (2, 0, 3), 4),
    _linear("no-inputs", "the output is the bias", (3, 0), 4),
    _linear("no-inputs-no-bias", "the output is 0", (3, 0), 4, bias=False),
    _linear("no-outputs", "the input's gradient is 0", (3, 4), 0),
    Problem("linear", "weight-vector", "dot products", {"input": (2, 3, 5), "weight": (5,)}, {}),
    Problem("linear", "two-vectors", "one dot product", {"input": (5,), "weight": (5,)}, {}),
    *(
        _linear(layout, f"every array {layout}", (3, 4, 18), 17, layout=layout)
        for layout in ("strided", "channels_last", "reversed")
    ),
    _linear("nan", "NaN reaches its own row only", (5, 6), 4, values="nan"),
    _linear("infinities", "infinities of both signs", (4, 5), 3, values="infinities"),
    _linear("tiny", "products that are subnormal", (4, 5), 3, values="tiny"),
)
SPECIAL_VALUES = ("matrix",)

LAYERS = (
    _linear("simple-cnn-fc", "SimpleCNN's classifier", (4, 4096), 10),
    _linear("lenet-f6", "LeNet-5's sixth layer", (8, 120), 84),
    _linear("lenet-output", "LeNet-5's last layer", (8, 84), 10),
)


def _bad(wrong: str, input: Shape = (2, 5), weight: Shape = (3, 5), bias: Shape = (3,)) -> Problem:
    inputs = {"input": zeros(*input), "weight": zeros(*weight), "bias": zeros(*bias)}
    return rejected("linear", wrong, inputs)


REJECTS = (
    _bad("more inputs than the weight has", input=(2, 6)),
    _bad("a bias of another length", bias=(2,)),
    _bad("a bias with a weight of one dimension", weight=(5,), bias=(2,)),
    _bad("a weight of three dimensions", weight=(1, 3, 5)),
    _bad("an input without dimensions", input=()),
    rejected(
        "linear", "two dtypes", {"input": zeros(2, 5), "weight": zeros(3, 5, dtype="float64")}
    ),
    rejected(
        "linear",
        "a bias of another dtype",
        {"input": zeros(2, 5), "weight": zeros(3, 5), "bias": zeros(3, dtype="float64")},
    ),
)
