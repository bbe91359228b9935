"""ReLU: y = 0 where x < 0, else x.

Threads: one per element. Layout: any dense memory order, walked as one row; see
`kernels.views` for the other strides. Constraints: none.
Written so that NaN and -0 pass through, as in PyTorch.
"""

from collections.abc import Iterator

import numpy as np

from crosscheck.kernels.algorithm import Algorithm, table
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.launch import cuda, index, kernel, real
from crosscheck.kernels.operator import Example, Operator
from crosscheck.kernels.plan import Output, Plan, Size
from crosscheck.kernels.views import Views


@kernel
def forward_kernel(x, y):
    i = index(cuda.grid(1))
    if i < index(y.size):
        value = x[i]
        y[i] = real(0) if value < real(0) else value


# dy/dx is 0 where y <= 0 and 1 elsewhere, so
#     dx = 0 where y <= 0, else dy
# y = relu(x) tells the two apart as well as x does, and the next layer keeps it anyway. At NaN the
# comparison is false and the gradient passes, as in PyTorch.
@kernel
def input_gradient_kernel(dy, y, dx):
    i = index(cuda.grid(1))
    if i < index(dx.size):
        dx[i] = real(0) if y[i] <= real(0) else dy[i]


def _forward_direct(size: Size, x: Array, y: Array) -> None:
    views = Views.merged(y, x, rank=1)
    forward_kernel.forall(y.size)(*views.inputs, views.out)
    views.finish()


def _input_gradient_direct(size: Size, dy: Array, y: Array, dx: Array) -> None:
    views = Views.merged(dx, dy, y, rank=1)
    input_gradient_kernel.forall(dx.size)(*views.inputs, views.out)
    views.finish()


ALGORITHMS = {
    "forward": table(Algorithm("direct", _forward_direct)),
    "input_gradient": table(Algorithm("direct", _input_gradient_direct)),
}


def _examples(dtype: type) -> Iterator[Example]:
    yield {"input": np.zeros(4096, dtype)}, {}


RELU = Operator("relu", ALGORITHMS, _examples)


def _forward(op: str, input: Size) -> Plan:
    return Plan(input, [Output(input, like="input")])


@RELU.direction(_forward)
def forward(input: Array, *, algorithm: str | None = None, out: Array | None = None) -> Array:
    """Return `torch.nn.functional.relu` of a float32 or float64 array of any shape.

    The output has the input's dtype and shape and, like PyTorch's, its memory order. `out`, when
    given, is written through its strides and may be the input itself.
    Raises ValueError or TypeError before anything is launched.
    """
    return RELU.run("forward", algorithm, out, input)


def _input_gradient(op: str, grad_output: Size, output: Size) -> Plan:
    size = grad_output
    return Plan(size, [Output(size, like="grad_output")], sizes={"output": size})


@RELU.direction(_input_gradient)
def input_gradient(
    grad_output: Array, output: Array, *, algorithm: str | None = None, out: Array | None = None
) -> Array:
    """Return the gradient with respect to the input: `grad_output` where relu let it through.

    `output` is relu(input), of the dtype, shape and device of `grad_output`.
    Raises ValueError or TypeError before anything is launched.
    """
    return RELU.run("input_gradient", algorithm, out, grad_output, output)
