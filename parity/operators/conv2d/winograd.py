"""Bounds of Winograd's convolution, from its transforms: forward and input gradient.

    y = A' [ sum over channels of (G w G') . (B' x B) ] A

for each patch x of 4 x 4 pixels; kernels/convolution/winograd_transforms.py has the matrices. Each
output is a sum of products of a tap, a pixel and elements of the six matrices. In the notation of
bounds.py, on the way of each of them to the output there are at most

    4 roundings    of a filter: its element is a sum of three sums of three. Halving is exact
    2              of a patch: a difference of two differences of two
    C              of the product and the sum over the C channels of a group, in any order
    4              of the outputs: sums of three sums of three
    1              of the bias, where there is one

m = C + 10, or C + 11: far fewer than the 9 C of a direct sum. But it is the sum of more and larger
terms, because pixels that the difference cancels are still rounded:

    |computed - exact| <= gamma(m) T,  T = |A'| [ sum of (|G| |w| |G'|) . (|B'| |x| |B|) ] |A|

(Higham, chapter 3; for Winograd: Barabasz, Anderson, Soodhalter and Gregg, "Error Analysis and
Improving the Accuracy of Winograd Convolution for Deep Neural Networks", 2020.) T takes the data's
own absolute values, so it is as narrow as what is known of the order of summation allows. On pixels
and taps of one size it is up to 64 C where the direct sum has 9 C.

T itself is a convolution. Along one axis, output a of a tile gets pixel h times tap r at most

    THROUGH[a, h, r] = sum over frequencies f of |A'|[a, f] |B'|[f, h] |G|[f, r]

So the outputs of either parity are a convolution of stride 2 by 4 x 4 filters, each of them w
through THROUGH along both axes. PyTorch computes it in float64.

Underflow: a product is off by at most eta, an output gets 9 of each channel. Halving a filter twice
is off by at most 3 eta, and 4 eta with what is rounded later; through a patch that is at most 4 eta
times T of the image with taps of 1.

Integers: an element of a filter is a multiple of 1/4. So sums are exact in float32 if 4 T is below
2^24, with T at most 64 C times the largest tap and pixel, and the bias.
"""

from typing import NamedTuple

import numpy as np

from crosscheck.kernels.convolution import problem as convolution
from crosscheck.kernels.convolution import winograd
from crosscheck.kernels.convolution.problem import Problem
from crosscheck.parity.bounds import SMALLEST_SUBNORMAL, gamma
from crosscheck.parity.reference_call import Arrays, Options, ReferenceCall
from crosscheck.parity.shared import bilinear

A = np.array([[1, 1, 1, 0], [0, 1, -1, -1]])  # transposed, as B is
B = np.array([[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]])
G = np.array([[2, 0, 0], [1, 1, 1], [1, -1, 1], [0, 0, 2]]) / 2
THROUGH = np.einsum("af,fh,fr->ahr", abs(A), abs(B), abs(G))
LARGEST_SUM = int(THROUGH.sum((1, 2)).max() ** 2)  # of a channel, on ones
QUARTERS = 4
OF_A_CHANNEL = 9  # how many products of a channel an output adds up
HALVED = 4  # times eta: what halving a filter twice is off by


class _Product(NamedTuple):
    """A direction as a forward convolution: a batch of images and filters, both of absolute values,
    the corner of its padding, and the height and width of its output.
    """

    images: np.ndarray
    filters: np.ndarray
    corner: tuple[int, ...]
    extents: tuple[int, int]


def bounds(
    call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    """Return the bounds of forward and input gradient; {} where Winograd does not fit."""
    found, eta = {}, SMALLEST_SUBNORMAL[dtype]
    for name, product in _products(inputs, grad_output, call.options).items():
        product = _finite(product)
        channels, bias = product.filters.shape[1], _bias(name, inputs)
        size = _through(call, product) + bias
        roundings = channels + 10 + (name == "forward" and "bias" in inputs)
        # T and the exact result are themselves sums in float64, of 16 and of 9 terms a channel.
        relative = gamma(roundings, dtype) + gamma(9 * channels + 1, "float64")
        size = size / (1 - gamma(16 * channels + 20, "float64"))
        underflow = OF_A_CHANNEL * channels + HALVED * _through(call, _ones(product))
        found[name] = (relative * size + eta * underflow).reshape(exact[name].shape)
    return found


def intermediates(
    call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    """Return how large numbers get on the way: transformed patches and filters, or their sums."""
    found = {}
    for name, product in _products(inputs, grad_output, call.options).items():
        filters = product.filters.sum((1, 2, 3))[:, None, None]
        sums = _through(call, product) + _bias(name, inputs), _through(call, _ones(product))
        found[name] = np.maximum(np.maximum(*sums), filters).reshape(exact[name].shape)
    return found


def extra_nan(inputs: Arrays, grad_output: np.ndarray, options: Options) -> Arrays:
    """Return where each result may be NaN: where its window has, or its filter, what is not finite.

    Elsewhere nothing that is not finite has a part in it. There, an infinity is added to itself and
    subtracted from itself, and multiplied by zeros of a patch, that of missing pixels, too.
    """
    found = {}
    for name, product in _products(inputs, grad_output, options).items():
        special = ~np.isfinite(product.filters).all((1, 2, 3))[:, None, None]
        shape = inputs["input"].shape if name == "input_gradient" else grad_output.shape
        found[name] = (_touched(product) | special).reshape(shape)
    return found


def integers(call: ReferenceCall, seed: int) -> Arrays:
    """Return integers that are exact in every algorithm, this one included."""
    shapes = dict(call.shapes)
    this = _problem(shapes["input"], shapes["weight"], call.options)
    channels = max(this.channels, this.filters) if not winograd.unsupported(this) else 0
    return bilinear.integers(call, seed, QUARTERS * (LARGEST_SUM * channels + 1))


def _problem(images: tuple[int, ...], weight: tuple[int, ...], options: Options) -> Problem:
    asked = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, **options}
    return convolution.create("conv2d", ("input.shape", images), ("weight.shape", weight), **asked)


def _products(inputs: Arrays, grad_output: np.ndarray, options: Options) -> dict[str, _Product]:
    this = _problem(inputs["input"].shape, inputs["weight"].shape, options)
    if winograd.unsupported(this) or not this.c:
        return {}
    images, weight, outputs = (
        np.abs(each.astype(float)) for each in (inputs["input"], inputs["weight"], grad_output)
    )
    of_groups = weight.reshape(this.groups, this.filters, this.channels, 3, 3).swapaxes(1, 2)
    turned = of_groups.reshape(this.c, this.filters, 3, 3)[..., ::-1, ::-1]
    back = tuple(2 - side for side in this.corner)
    return {
        "forward": _Product(images.reshape(this.images), weight, this.corner, (this.p, this.q)),
        "input_gradient": _Product(outputs.reshape(this.outputs), turned, back, (this.h, this.w)),
    }


def _finite(product: _Product) -> _Product:
    """Return the product with 0 for what is not finite: no finite result has a part in it."""
    images, filters = (np.where(np.isfinite(each), each, 0) for each in product[:2])
    return product._replace(images=images, filters=filters)


def _ones(product: _Product) -> _Product:
    return product._replace(filters=np.ones_like(product.filters))


def _bias(name: str, inputs: Arrays) -> np.ndarray | float:
    has_one = name == "forward" and "bias" in inputs
    return np.abs(inputs["bias"].astype(float))[:, None, None] if has_one else 0.0


def _through(call: ReferenceCall, product: _Product) -> np.ndarray:
    """Return T of every output, (n, k, p, q)."""
    images, filters, corner, (height, width) = product
    down, across = -(-height // 2), -(-width // 2)
    sums = np.empty((len(images), len(filters), 2 * down, 2 * across))
    pixels = _window(images, corner, (2 * down + 2, 2 * across + 2))
    options = dict(stride=2, padding=0, dilation=1, groups=images.shape[1] // filters.shape[1])
    for a in range(2):
        for b in range(2):
            both = np.einsum("hr,ws,kcrs->kchw", THROUGH[a], THROUGH[b], filters)
            found = call.run({"input": pixels, "weight": both}, **options)
            sums[:, :, a::2, b::2] = found["forward"]
    return sums[:, :, :height, :width]


def _touched(product: _Product) -> np.ndarray:
    """Return (n, k, p, q): whether the window of an output has a pixel that is not finite."""
    images, filters, corner, (height, width) = product
    special = _window(~np.isfinite(images), corner, (height + 2, width + 2))
    windows = np.lib.stride_tricks.sliding_window_view(special, (3, 3), (2, 3)).any((4, 5))
    groups = images.shape[1] // filters.shape[1]
    of_groups = windows.reshape(len(images), groups, filters.shape[1], height, width).any(2)
    return of_groups.repeat(len(filters) // groups, 1)


def _window(images: np.ndarray, corner: tuple[int, ...], size: tuple[int, int]) -> np.ndarray:
    """Return `size` pixels of the images from -corner on, with zeros where there are none."""
    window = np.zeros((*images.shape[:2], *size), images.dtype)
    spans = [
        (max(-pad, 0), max(-pad, 0, min(pixels, extent - pad)))
        for pad, pixels, extent in zip(corner, images.shape[2:], size, strict=True)
    ]
    (top, bottom), (left, right) = spans
    to = tuple(slice(*(at + pad for at in each)) for each, pad in zip(spans, corner, strict=True))
    window[:, :, *to] = images[:, :, top:bottom, left:right]
    return window
