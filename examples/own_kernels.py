"""Kernels of your own, held to the parity suite and timed beside ours: see docs/your-kernel.md.

    crosscheck parity --module examples/own_kernels.py                      # all of them
    crosscheck parity --module examples/own_kernels.py --algorithm naive    # one
    crosscheck parity --module examples/own_kernels.py --sanitize
    crosscheck bench run --module examples/own_kernels.py --suite ladder

`naive` is numba.cuda's, on the CPU and on a GPU; `raw` is CuPy's, on a GPU alone (not run on one
yet); `unfolded` and `product` are PyTorch's.
"""

import torch
from numba import cuda

from crosscheck.parity.own import Unsupported, algorithm, differentiable


@cuda.jit
def conv2d_kernel(x, w, bias, y, stride, padding, dilation, filters):
    """x (n, c, h, w), w (k, c, r, s), bias (k) or (0), y (n, k, p, q); filters: k of one group."""
    i = cuda.grid(1)
    if i < y.size:
        i, q = divmod(i, y.shape[3])
        i, p = divmod(i, y.shape[2])
        n, k = divmod(i, y.shape[1])
        first = k // filters * w.shape[1]
        total = 0.0
        for c in range(w.shape[1]):
            for r in range(w.shape[2]):
                h = p * stride[0] - padding[0] + r * dilation[0]
                for s in range(w.shape[3]):
                    v = q * stride[1] - padding[1] + s * dilation[1]
                    pixel = 0.0  # the padding is multiplied, too: 0 times infinity is NaN
                    if 0 <= h < x.shape[2] and 0 <= v < x.shape[3]:
                        pixel = x[n, first + c, h, v]
                    total += pixel * w[k, c, r, s]
        y[n, k, p, q] = total + bias[k] if bias.size else total


@algorithm("conv2d", "forward", name="naive")
def naive(input, weight, bias, stride, padding, dilation, groups, out):
    """Any strides; NumPy arrays on the CPU device, CuPy arrays on a GPU."""
    if padding == "same":  # what could be a pair has become one
        raise Unsupported("a padding that is larger at the end")
    if input.ndim == 3:
        input, out = input[None], out[None]
    bias = weight[:0, 0, 0, 0] if bias is None else bias
    filters = weight.shape[0] // groups
    blocks = -(-out.size // 256)
    conv2d_kernel[blocks, 256](input, weight, bias, out, stride, padding, dilation, filters)


RELU = r"""
extern "C" __global__ void relu(const float *x, float *y, long long size) {
    long long i = blockIdx.x * (long long)blockDim.x + threadIdx.x;
    if (i < size) y[i] = x[i] < 0.0f ? 0.0f : x[i];
}
"""


@algorithm("relu", "forward", name="raw", device="cuda")
def raw(input, out):
    """CuPy's RawKernel. Not run on a GPU."""
    import cupy  # only where there is a GPU

    if input.dtype != "float32" or not (input.flags.c_contiguous and out.flags.c_contiguous):
        raise Unsupported("float32 in C order alone")
    cupy.RawKernel(RELU, "relu")((-(-out.size // 256),), (256,), (input, out, out.size))


@algorithm("conv2d", "weight_gradient", name="unfolded", arrays="torch")
def unfolded(input, weight_size, grad_output, stride, padding, dilation, groups):
    """One matrix product with the unfolded images. Without an `out` it returns its result."""
    if groups != 1 or padding == "same" or input.ndim == 3 or 0 in input.shape:
        raise Unsupported("groups, a padding that is larger at the end, one image, no elements")
    columns = torch.nn.functional.unfold(input, weight_size[2:], dilation, padding, stride)
    return torch.einsum("nkl,nil->ki", grad_output.flatten(2), columns).reshape(weight_size)


@differentiable("linear", name="product")
def product(input, weight, bias=None):
    """The forward pass; autograd derives the gradients, and every direction is checked."""
    result = input @ weight.t()
    return result if bias is None else result + bias
