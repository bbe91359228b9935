"""Which algorithm runs when none is named: the rules, written out once more, over many problems."""

from itertools import product
from math import prod

import numpy as np
import pytest

from crosscheck.benchmarks.launch import stand_ins
from crosscheck.kernels.algorithm import Algorithm, Unsupported, choose, table
from crosscheck.kernels.arrays import Facts, Place, facts
from crosscheck.kernels.convolution import CONV2D
from crosscheck.kernels.dtypes import REALS, bfloat16
from crosscheck.kernels.inspect.launches import operators
from crosscheck.kernels.linear import LINEAR
from crosscheck.kernels.loss.cross_entropy import CROSS_ENTROPY
from crosscheck.kernels.loss.mse_loss import MSE_LOSS
from crosscheck.kernels.normalization.batch_norm import BATCH_NORM
from crosscheck.kernels.pooling.adaptive_avg_pool2d import ADAPTIVE_AVG_POOL2D
from crosscheck.kernels.pooling.avg_pool2d import AVG_POOL2D
from crosscheck.kernels.pooling.max_pool2d import MAX_POOL2D
from crosscheck.kernels.precision import PRODUCTS, allow, permitted
from crosscheck.kernels.reduction.mean import MEAN
from crosscheck.kernels.reduction.sum_ import SUM
from crosscheck.kernels.softmax.log_softmax import LOG_SOFTMAX
from crosscheck.kernels.softmax.softmax import SOFTMAX
from crosscheck.kernels.waves import Predicted

DEVICES = ("cpu", "cuda")
ON_A_GPU = {
    "relu": ("vectorized", "direct"),
    "leaky_relu": ("vectorized", "direct"),
    "add": ("vectorized", "direct"),
    "mul": ("vectorized", "direct"),
    "dropout": ("vectorized", "direct"),
    "batch_norm": ("one_pass", "tree"),
}


PLACES = {"cpu": Place(np, None), "cuda": Place(stand_ins.cupy(), 0)}


def sized(*shape, dtype=np.float32):
    """Facts of a dense array of this shape."""
    return facts(np.broadcast_to(np.zeros((), dtype), shape))._replace(
        strides=tuple(
            prod(shape[axis + 1 :]) * np.dtype(dtype).itemsize for axis in range(len(shape))
        )
    )


def chosen(operator, direction, where, **given):
    place = PLACES.get(where, where)
    problem = operator.plan(direction, given).problem
    arrays = {name: each for name, each in given.items() if isinstance(each, Facts)}
    dtype = next(iter(arrays.values())).dtype
    table = permitted(operator.algorithms[direction], operator.name, dtype)
    return choose("op", direction, table, problem, arrays, place, None).name


def by_length(device, length, inner=1):
    if device == "cuda" and length <= 4096 and inner == 1:
        return "one_pass"
    return "direct" if device == "cpu" or length < 64 else "tree"


def convolutions(n, c, h, k, r, **how):
    """The directions of conv2d with what they are given."""
    x, w = sized(n, c, h, h), sized(k, c // how.get("groups", 1), r, r)
    y = CONV2D.plan("forward", dict(input=x, weight=w, **how)).outputs[0].size
    dy = sized(*y)
    yield "forward", dict(input=x, weight=w, **how)
    yield "input_gradient", dict(input_size=x.shape, weight=w, grad_output=dy, **how)
    yield "weight_gradient", dict(input=x, weight_size=w.shape, grad_output=dy, **how)


def of_conv2d(where, *sizes, **how):
    """What runs forward, in the input gradient, in the weight gradient."""
    return [
        chosen(CONV2D, direction, where, **given)
        for direction, given in convolutions(*sizes, **how)
    ]


def test_conv2d_on_the_cpu_device():
    for groups, channels, filters in product((1, 2, 5), (1, 7, 8, 20), (1, 7, 8, 20)):
        usual = "depthwise" if channels == 1 and groups > 1 else "direct"
        sizes = 2, groups * channels, 6, groups * filters, 3
        assert of_conv2d("cpu", *sizes, groups=groups) == [usual, usual, "direct"]


RESNET = [  # sizes, stride, padding: forward, input gradient, weight gradient
    ((32, 3, 224, 64, 7), 2, 3, ["tensor_core_3x"] * 3),
    ((32, 64, 56, 64, 3), 1, 1, ["tensor_core_3x"] * 3),
    ((32, 64, 56, 256, 1), 1, 0, ["tensor_core_3x", "pointwise", "pipelined"]),
    ((32, 256, 56, 512, 1), 2, 0, ["tensor_core_3x", "pipelined", "pipelined"]),
    ((32, 512, 7, 512, 3), 1, 1, ["tensor_core_3x"] * 3),
]


@pytest.mark.parametrize(("sizes", "stride", "padding", "expected"), RESNET, ids=str)
def test_conv2d_on_a_gpu(sizes, stride, padding, expected):
    how = dict(stride=stride, padding=padding)
    assert of_conv2d("cuda", *sizes, **how) == expected
    turing = Place(stand_ins.cupy("75"), 0)  # has no asynchronous copies
    middle = "direct" if sizes[1] == 3 else "blocked"
    assert of_conv2d(turing, *sizes, **how) == ["blocked", middle, "blocked"]


def test_depthwise_on_a_gpu():
    assert of_conv2d("cuda", 32, 128, 56, 128, 3, groups=128) == ["depthwise"] * 3


def test_winograd_has_to_be_asked_for():
    for direction in ("forward", "input_gradient"):
        assert not CONV2D.algorithms[direction]["winograd"].prefers(None, "cuda")


def of_linear(where, rows, ins, outs):
    x, w, dy = sized(rows, ins), sized(outs, ins), sized(rows, outs)
    return [
        chosen(LINEAR, "forward", where, input=x, weight=w),
        chosen(LINEAR, "input_gradient", where, input_size=x.shape, weight=w, grad_output=dy),
        chosen(LINEAR, "weight_gradient", where, input=x, weight_size=w.shape, grad_output=dy),
    ]


def test_linear():
    for sizes in product((1, 7, 8, 30), repeat=3):
        assert of_linear("cpu", *sizes) == ["direct"] * 3
    assert of_linear("cuda", 512, 1024, 1000) == ["tensor_core_3x"] * 3
    assert of_linear("cuda", 25, 25, 25) == ["tiled"] * 3  # 26 terms have float32's bound
    assert of_linear("cuda", 2, 3, 4) == ["direct"] * 3  # two launches more would cost more
    assert of_linear(Place(stand_ins.cupy("75"), 0), 512, 1024, 1000) == ["blocked"] * 3


def test_tf32_runs_where_it_is_allowed():
    try:
        for each in PRODUCTS:
            allow(each, "tf32")
        assert of_conv2d("cuda", 32, 64, 56, 64, 3, padding=1) == ["tensor_core"] * 3
        assert of_linear("cuda", 512, 1024, 1000) == ["tensor_core"] * 3
        assert of_conv2d("cpu", 2, 8, 6, 8, 3) == ["direct"] * 3
    finally:
        for each in PRODUCTS:
            allow(each, "ieee")


COPYING = "pipelined", "pointwise", "tensor_core", "tensor_core_3x"


@pytest.mark.parametrize("name", COPYING)
def test_what_copies_asynchronously_needs_sm_80(name):
    (_, given), *_ = convolutions(2, 8, 6, 8, 1)
    problem = CONV2D.plan("forward", given).problem
    for capability, takes in (("75", False), ("80", True), ("120", True)):
        place = Place(stand_ins.cupy(capability), 0)
        asked = "conv2d", "forward", CONV2D.algorithms["forward"], problem, {}, place, name
        if takes:
            assert choose(*asked).name == name
        else:
            message = f"'{name}' .*: the GPU's compute capability is 7.5; expected at least 8.0"
            with pytest.raises(Unsupported, match=message):
                choose(*asked)


def test_bfloat16_needs_sm_80():
    old, new = (Place(stand_ins.cupy(each), 0) for each in ("75", "80"))
    short = {
        dtype: dict(input=sized(4, 8, dtype=dtype), weight=sized(8, 8, dtype=dtype))
        for dtype in (np.float16, bfloat16)
    }
    for dtype, where in ((np.float16, old), (np.float16, new), (bfloat16, new)):
        assert chosen(LINEAR, "forward", where, **short[dtype])
    message = "input.dtype is 'bfloat16', and the GPU's .* is 7.5; expected at least 8.0"
    with pytest.raises(Unsupported, match=message):
        chosen(LINEAR, "forward", old, **short[bfloat16])


@pytest.mark.parametrize("operator", [CONV2D, LINEAR], ids=lambda each: each.name)
def test_it_does_in_every_direction(operator):
    for algorithms in operator.algorithms.values():
        for name, each in algorithms.items():
            assert each.capability == ((8, 0) if name in COPYING else (0, 0)), name


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("operator", [SOFTMAX, LOG_SOFTMAX], ids=["softmax", "log_softmax"])
def test_softmax(operator, device):
    for shape, dim in product([(1,), (63,), (64,), (2, 64, 3), (64, 2), (3, 200)], (0, -1)):
        inner = prod(shape[dim:][1:]) if dim >= 0 else 1
        rule, x = by_length(device, shape[dim], inner), sized(*shape)
        assert chosen(operator, "forward", device, input=x, dim=dim) == rule
        assert chosen(operator, "input_gradient", device, grad_output=x, output=x, dim=dim) == rule


@pytest.mark.parametrize("device", DEVICES)
def test_cross_entropy(device):
    for shape in [(5,), (64,), (2, 63), (2, 64), (3, 200, 4)]:
        classes, x = shape[min(len(shape) - 1, 1)], sized(*shape)
        given = dict(input=x, target=x, grad_output=sized())
        rule = by_length(device, classes, prod(shape[2:]))
        for direction in CROSS_ENTROPY.directions:
            assert chosen(CROSS_ENTROPY, direction, device, **given) == rule


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("operator", [SUM, MEAN], ids=["sum", "mean"])
def test_sum_and_mean(operator, device):
    for outputs, count in product((1, 16, 17, 500), (0, 1, 1023, 1024, 5000)):
        few = device == "cpu" and outputs > 16
        rule = "direct" if count < 1024 or few else "tree"
        assert chosen(operator, "forward", device, input=sized(outputs, count), dim=1) == rule


@pytest.mark.parametrize("device", DEVICES)
def test_mse_loss(device):
    for reduction, rule in (("none", "direct"), ("mean", "tree"), ("sum", "tree")):
        x = sized(3, 4)
        assert chosen(MSE_LOSS, "forward", device, input=x, target=x, reduction=reduction) == rule


@pytest.mark.parametrize("device", DEVICES)
def test_pools(device):
    fast = "direct" if device == "cpu" else "vectorized"
    tiles = "direct" if device == "cpu" else "separable"
    for window, stride, size, rule in (
        (2, 2, 130, fast),
        (3, 2, 130, fast),
        (3, 1, 130, tiles),
        (3, 1, 40, fast),  # narrow
        (11, 11, 1430, tiles),
        (17, 1, 130, fast),  # larger than a tile
    ):
        x, how = sized(1, 2, size, size), dict(kernel_size=window, stride=stride)
        assert chosen(MAX_POOL2D, "forward", device, input=x, **how) == rule
        assert chosen(AVG_POOL2D, "forward", device, input=x, **how) == rule
    how = dict(kernel_size=3, stride=1, input_size=(1, 2, 130, 130))
    dy = sized(1, 2, 128, 128)
    assert chosen(AVG_POOL2D, "input_gradient", device, grad_output=dy, **how) == tiles
    found = chosen(MAX_POOL2D, "input_gradient", device, grad_output=dy, indices=dy, **how)
    assert found == fast
    for size, rule in ((1, fast), ((1, 2), "direct")):
        x = sized(2, 3, 4, 5)
        assert chosen(ADAPTIVE_AVG_POOL2D, "forward", device, input=x, output_size=size) == rule


@pytest.mark.parametrize("operator", [CONV2D, LINEAR, BATCH_NORM], ids=lambda each: each.name)
def test_a_bias_gradient_is_a_sum(operator):
    assert operator.algorithms["bias_gradient"] is SUM.algorithms["forward"]


@pytest.mark.parametrize("name", ON_A_GPU)
def test_what_pays_on_a_gpu_only(name):
    operator = next(each for each in operators() if each.name == name)
    for direction, algorithms in operator.algorithms.items():
        if ON_A_GPU[name][0] in algorithms:
            for device, expected in zip(("cuda", "cpu"), ON_A_GPU[name], strict=True):
                asked = "op", direction, algorithms, None, {}, PLACES[device], None
                assert choose(*asked).name == expected


def test_in_the_other_tables_the_order_decides():
    predicts = {"conv1d", "conv2d", "conv_transpose2d", "linear"}
    predicts |= {"conv2d_relu", "conv2d_relu_max_pool2d"}
    for operator in operators():
        for direction, algorithms in operator.algorithms.items():
            usual = Algorithm("", print).predict
            alone = all(each.predict is usual for each in algorithms.values())
            assert alone or (operator.name in predicts and direction != "bias_gradient")


def numbered(name, **how):
    return Algorithm(name, lambda *arguments: None, **how)


def run(algorithms, problem, where, name=None):
    return choose("op", "forward", algorithms, problem, {}, PLACES[where], name).name


def test_the_first_that_takes_and_prefers_the_problem_runs():
    algorithms = table(
        numbered("large", unsupported=lambda n: "" if n > 5 else "too few"),
        numbered("cuda", prefers=lambda n, device: device == "cuda"),
        numbered("any"),
    )
    assert run(algorithms, 9, "cpu") == "large"
    assert run(algorithms, 3, "cuda") == "cuda"
    assert run(algorithms, 3, "cpu") == "any"
    assert run(algorithms, 3, "cpu", "cuda") == "cuda"  # by its name, whether it prefers it or not
    with pytest.raises(Unsupported, match="'large' does not take this forward: too few"):
        run(algorithms, 3, "cpu", "large")
    with pytest.raises(ValueError, match=r"algorithm is 'fast'; expected None or one of \['any'"):
        run(algorithms, 3, "cpu", "fast")


def test_an_algorithm_may_take_some_dtypes_alone():
    known = {"input": facts(np.zeros(1, np.float16)), "mean": facts(np.zeros(1, np.float32))}
    algorithms = table(numbered("copying", dtypes=REALS), numbered("any"))
    asked = "op", "forward", algorithms, 3, known, PLACES["cpu"]
    assert choose(*asked, None).name == "any"
    with pytest.raises(Unsupported, match="input.dtype is 'float16'; expected float32 or float64"):
        choose(*asked, "copying")


def taking(cycles):
    return lambda problem, arrays, place: Predicted(cycles)


def test_on_a_gpu_the_least_predicted_time_runs():
    algorithms = table(
        numbered("slow", predict=taking(9)),
        numbered("good", predict=taking(2)),
        numbered("equal", predict=taking(2)),
        numbered("by name", predict=taking(1), prefers=lambda n, device: False),
        numbered("new", predict=taking(1), capability=(12, 0)),
    )
    assert run(algorithms, 3, "cuda") == "good"
    assert run(algorithms, 3, "cpu") == "slow"


def test_where_none_prefers_the_problem_the_first_that_takes_it_runs():
    one = table(numbered("one", prefers=lambda n, device: False), numbered("two"))
    assert run(table(one["one"]), 6, "cpu") == run(table(one["one"]), 6, "cuda") == "one"
    none = table(numbered("one", unsupported=lambda n: "no"))
    with pytest.raises(Unsupported, match=r"no algorithm for forward takes .* \(one: no\)"):
        run(none, 3, "cpu")
