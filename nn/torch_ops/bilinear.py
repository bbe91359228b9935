"""Second derivatives for y = x * w + b, where * is bilinear: convolution, matrix product.

The kernel of each gradient is linear in each of its arrays again, and its gradients are the two
other kernels. With the inner product <,>:

    <dy, x * w> = <input_gradient(w, dy), x> = <weight_gradient(x, dy), w>
"""

from crosscheck.nn.torch_ops.operators import Operators


def differentiate(ops: Operators, trailing: int) -> None:
    """Give the gradients of (input, weight, bias) their derivatives.

    `trailing` is the number of y's dimensions after the one that the bias runs along.
    """

    @ops.derivative("input_gradient")
    def _(v, **saved):
        read = {**saved, "input": v}
        return {
            "weight": lambda: ops.call("weight_gradient", **read),
            "grad_output": lambda: ops.call("forward", **read),
        }

    @ops.derivative("weight_gradient")
    def _(v, **saved):
        read = {**saved, "weight": v}
        return {
            "input": lambda: ops.call("input_gradient", **read),
            "grad_output": lambda: ops.call("forward", **read),
        }

    @ops.derivative("bias_gradient")
    def _(v, grad_output_size):
        channels = grad_output_size[-1 - trailing]  # 0 where the input has none
        wide = v[(slice(channels), *[None] * trailing)]
        return {"grad_output": lambda: wide.expand(grad_output_size)}
