"""Which algorithm runs when none is named: the rules, written out once more, over many problems."""

from itertools import product
from types import SimpleNamespace

import pytest

from crosscheck.kernels.algorithm import Algorithm, Unsupported, choose, table
from crosscheck.kernels.convolution import CONV2D
from crosscheck.kernels.inspect.launches import operators
from crosscheck.kernels.linear import LINEAR
from crosscheck.kernels.loss.cross_entropy import CROSS_ENTROPY
from crosscheck.kernels.loss.mse_loss import MSE_LOSS
from crosscheck.kernels.normalization.batch_norm import BATCH_NORM
from crosscheck.kernels.pooling.adaptive_avg_pool2d import ADAPTIVE_AVG_POOL2D
from crosscheck.kernels.pooling.avg_pool2d import AVG_POOL2D
from crosscheck.kernels.pooling.max_pool2d import MAX_POOL2D
from crosscheck.kernels.reduction.mean import MEAN
from crosscheck.kernels.reduction.sum_ import SUM
from crosscheck.kernels.softmax.log_softmax import LOG_SOFTMAX
from crosscheck.kernels.softmax.softmax import SOFTMAX

DEVICES = ("cpu", "cuda")
ON_A_GPU = {
    "relu": ("vectorized", "direct"),
    "leaky_relu": ("vectorized", "direct"),
    "add": ("vectorized", "direct"),
    "mul": ("vectorized", "direct"),
    "dropout": ("vectorized", "direct"),
    "batch_norm": ("one_pass", "tree"),
}


def sized(*shape):
    """Stands in for an array of this shape."""
    return SimpleNamespace(shape=shape)


def chosen(operator, direction, device, **given):
    problem = operator.plan(direction, given).problem
    return choose("op", direction, operator.algorithms[direction], problem, device, None).name


def by_tiles(device, rows):
    return "direct" if device == "cpu" or rows < 8 else "tiled"


def by_length(device, length):
    return "direct" if device == "cpu" or length < 64 else "tree"


@pytest.mark.parametrize("device", DEVICES)
def test_conv2d(device):
    for groups, channels, filters in product((1, 2, 5), (1, 7, 8, 20), (1, 7, 8, 20)):
        x, w = sized(2, groups * channels, 6, 7), sized(groups * filters, channels, 3, 2)
        dy, how = sized(2, groups * filters, 4, 6), dict(groups=groups)
        sizes = dict(input_size=x.shape, weight=w, grad_output=dy)
        plain = device == "cpu" and groups == 1
        rule = "depthwise" if channels == 1 and not plain else by_tiles(device, filters)
        assert chosen(CONV2D, "forward", device, input=x, weight=w, **how) == rule
        given = dict(input=x, weight_size=w.shape, grad_output=dy)
        of_weight = "direct" if device == "cpu" else rule
        assert chosen(CONV2D, "weight_gradient", device, **given, **how) == of_weight
        rule = rule if rule == "depthwise" else by_tiles(device, channels)
        assert chosen(CONV2D, "input_gradient", device, **sizes, **how) == rule


@pytest.mark.parametrize("device", DEVICES)
def test_linear(device):
    for rows, ins, outs in product((1, 7, 8, 30), repeat=3):
        x, w, dy = sized(rows, ins), sized(outs, ins), sized(rows, outs)
        found = chosen(LINEAR, "forward", device, input=x, weight=w)
        assert found == by_tiles(device, min(rows, outs))
        found = chosen(
            LINEAR, "input_gradient", device, input_size=x.shape, weight=w, grad_output=dy
        )
        assert found == by_tiles(device, min(rows, ins))
        found = chosen(
            LINEAR, "weight_gradient", device, input=x, weight_size=w.shape, grad_output=dy
        )
        assert found == by_tiles(device, min(outs, ins))


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("operator", [SOFTMAX, LOG_SOFTMAX], ids=["softmax", "log_softmax"])
def test_softmax(operator, device):
    for shape, dim in product([(1,), (63,), (64,), (2, 64, 3), (64, 2), (3, 200)], (0, -1)):
        x, last = sized(*shape), dim % len(shape) == len(shape) - 1
        rule = "one_pass" if device == "cuda" and last else by_length(device, shape[dim])
        assert chosen(operator, "forward", device, input=x, dim=dim) == rule
        assert chosen(operator, "input_gradient", device, grad_output=x, output=x, dim=dim) == rule


@pytest.mark.parametrize("device", DEVICES)
def test_cross_entropy(device):
    for shape in [(5,), (64,), (2, 63), (2, 64), (3, 200, 4)]:
        classes, x = shape[min(len(shape) - 1, 1)], sized(*shape)
        given = dict(input=x, target=x, grad_output=sized())
        for direction in CROSS_ENTROPY.directions:
            assert chosen(CROSS_ENTROPY, direction, device, **given) == by_length(device, classes)


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
    fast, plain = ON_A_GPU[name]
    for direction, algorithms in operator.algorithms.items():
        if fast in algorithms:
            assert choose("op", direction, algorithms, None, "cuda", None).name == fast
            assert choose("op", direction, algorithms, None, "cpu", None).name == plain


def test_everywhere_else_there_is_one():
    several = {"conv2d", "linear", "softmax", "log_softmax", "cross_entropy", "sum", "mean"}
    several |= {"max_pool2d", "avg_pool2d", "adaptive_avg_pool2d"} | set(ON_A_GPU)
    for operator in operators():
        for direction, algorithms in operator.algorithms.items():
            above = operator.name in several or direction == "bias_gradient"
            alone = len(algorithms) == 1
            assert alone or above or (operator.name, direction) == ("mse_loss", "forward")


def numbered(name, **how):
    return Algorithm(name, lambda *arguments: None, **how)


def test_the_first_that_takes_and_prefers_the_problem_runs():
    algorithms = table(
        numbered("large", unsupported=lambda n: "" if n > 5 else "too few"),
        numbered("cuda", prefers=lambda n, device: device == "cuda"),
        numbered("any"),
    )

    def run(problem, device, name=None):
        return choose("op", "forward", algorithms, problem, device, name).name

    assert run(9, "cpu") == "large"
    assert run(3, "cuda") == "cuda"
    assert run(3, "cpu") == "any"
    assert run(3, "cpu", "cuda") == "cuda"  # by its name, whether it prefers it or not
    with pytest.raises(Unsupported, match="'large' does not take this forward: too few"):
        run(3, "cpu", "large")
    with pytest.raises(ValueError, match=r"algorithm is 'fast'; expected None or one of \['any'"):
        run(3, "cpu", "fast")


def test_where_none_prefers_the_problem_the_first_that_takes_it_runs():
    one = table(numbered("one", prefers=lambda n, device: False))
    assert choose("op", "forward", one, 6, "cpu", None).name == "one"
    none = table(numbered("one", unsupported=lambda n: "no"))
    with pytest.raises(Unsupported, match=r"no algorithm for forward takes .* \(one: no\)"):
        choose("op", "forward", none, 3, "cpu", None)
