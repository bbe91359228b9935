"""The convolution that a transposed one transposes, and every check on its arguments."""

from typing import Any

from crosscheck.kernels.arguments import integer, rank, reject
from crosscheck.kernels.convolution.problem import Problem, whole_pair
from crosscheck.kernels.plan import Size


def create(
    op: str,
    inputs: tuple[str, Size],
    weights: tuple[str, Size],
    stride: Any,
    padding: Any,
    output_padding: Any,
    groups: Any,
    dilation: Any,
) -> Problem:
    """Return the checked convolution that this one transposes; `inputs` and `weights` are (the
    argument's name, its size).

    Its p and q are those of the input: an image with much output padding has room for more.

    Raises ValueError or TypeError where PyTorch rejects the arguments.
    """
    inputs_name, input_size = inputs
    weights_name, weight_size = weights
    rank(op, inputs_name, input_size, (3, 4))
    rank(op, weights_name, weight_size, (4,))
    strides = whole_pair(op, "stride", stride, 1)
    paddings = whole_pair(op, "padding", padding, 0)
    further = whole_pair(op, "output_padding", output_padding, 0)
    dilations = whole_pair(op, "dilation", dilation, 1)
    groups = integer(op, "groups", groups, 1)
    if any(more >= max(steps) for more, *steps in zip(further, strides, dilations, strict=True)):
        expected = f"less than stride={strides} or dilation={dilations}"
        reject(op, "output_padding", output_padding, expected)
    for axis in range(4):
        if weight_size[axis] < 1:
            reject(op, weights_name, tuple(weight_size), f"at least 1 in dimension {axis}")

    if weight_size[0] % groups:
        expected = f"a first dimension that divides into groups={groups}"
        reject(op, weights_name, tuple(weight_size), expected)
    _, channels, r, s = weight_size

    *batch, k, p, q = input_size
    if k != weight_size[0]:
        expected = f"{weight_size[0]} channels, the first dimension of {weights_name}"
        reject(op, inputs_name, tuple(input_size), expected)
    if not (p and q) and 0 not in batch:
        reject(op, inputs_name, tuple(input_size), "rows and columns, unless the batch is empty")
    axes = zip((p, q), (r, s), strides, paddings, further, dilations, strict=True)
    height, width = (
        (outputs - 1) * step - 2 * pad + dilated * (taps - 1) + more + 1
        for outputs, taps, step, pad, more, dilated in axes
    )
    if height < 1 or width < 1:
        expected = f"less with an input of {p} rows and {q} columns: the output is {height, width}"
        reject(op, "padding", padding, expected)
    n, c = batch[0] if batch else 1, channels * groups
    sides = paddings[0], paddings[0], paddings[1], paddings[1]
    sizes = n, c, height, width, k, r, s, p, q
    return Problem(*sizes, strides, sides, dilations, groups, bool(batch))
