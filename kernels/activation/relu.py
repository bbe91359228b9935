"""ReLU: y = 0 where x < 0, else x.

Threads: one per element. Layout: any dense memory order, walked as one row; see
`kernels.activation.flat` for the other strides. Constraints: none.
Written so that NaN and -0 pass through, as in PyTorch.
"""

from crosscheck.kernels import arguments, arrays
from crosscheck.kernels.activation.flat import Flat
from crosscheck.kernels.algorithm import Algorithm, choose
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.launch import cuda, index, kernel, real

OP = "relu"


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


def _forward_direct(x: Array, y: Array) -> None:
    flat = Flat(y)
    forward_kernel.forall(y.size)(flat.view(x), flat.row)
    flat.finish()


def _input_gradient_direct(dy: Array, y: Array, dx: Array) -> None:
    flat = Flat(dx)
    input_gradient_kernel.forall(dx.size)(flat.view(dy), flat.view(y), flat.row)
    flat.finish()


ALGORITHMS = {
    "forward": {"direct": Algorithm("direct", _forward_direct)},
    "input_gradient": {"direct": Algorithm("direct", _input_gradient_direct)},
}


def forward(input: Array, *, algorithm: str | None = None, out: Array | None = None) -> Array:
    """Return `torch.nn.functional.relu` of a float32 or float64 array of any shape.

    The output has the input's dtype and shape and, like PyTorch's, its memory order. `out`, when
    given, is written through its strides and may be the input itself.
    Raises ValueError or TypeError before anything is launched.
    """
    arguments.any_rank(OP, "input", input)
    chosen = choose(OP, "forward", ALGORITHMS["forward"], input.shape, algorithm)
    out = _output(out, input)
    chosen.run(input, out)
    return out


def input_gradient(
    grad_output: Array, output: Array, *, algorithm: str | None = None, out: Array | None = None
) -> Array:
    """Return the gradient with respect to the input: `grad_output` where relu let it through.

    `output` is relu(input), of the dtype, shape and device of `grad_output`.
    Raises ValueError or TypeError before anything is launched.
    """
    arguments.any_rank(OP, "grad_output", grad_output)
    arguments.matching(OP, "output", output, grad_output.shape, grad_output=grad_output)
    chosen = choose(
        OP, "input_gradient", ALGORITHMS["input_gradient"], grad_output.shape, algorithm
    )
    out = _output(out, grad_output)
    chosen.run(grad_output, output, out)
    return out


def _output(out: Array | None, like: Array) -> Array:
    if out is None:
        return arrays.namespace(like).empty_like(like)  # keeps the memory order
    return arguments.output(OP, out, like.shape, like.dtype, like)
