"""Your own kernel, held to the suite: register it in a file, `crosscheck parity --module FILE`.

    from crosscheck.parity.own import Unsupported, algorithm, differentiable

    @algorithm("relu", "forward", name="mine")
    def mine(input, out):
        if not (input.flags.c_contiguous and out.flags.c_contiguous):
            raise Unsupported("strides")
        relu_kernel[blocks, 256](input.reshape(-1), out.reshape(-1))

    @differentiable("conv2d", name="compiled")
    def compiled(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
        return fast_conv2d(input, weight, bias, stride, padding, dilation, groups)

direction.py        `algorithm`: a function that computes one direction
differentiable.py   `differentiable`: PyTorch's own shape, gradients by autograd
registry.py         what is registered
tensors.py          arrays lent to PyTorch, which it imports
module.py           loads the file
pytorch.py          registers PyTorch itself: the referee

docs/your-kernel.md has whole examples.
"""

from crosscheck.kernels.algorithm import Unsupported
from crosscheck.parity.own.differentiable import differentiable
from crosscheck.parity.own.direction import algorithm
from crosscheck.parity.own.registry import registered

__all__ = ["Unsupported", "algorithm", "differentiable", "registered"]
