"""Padding with the image's own elements: mirrored (reflect), repeated (replicate) or wrapped around
(circular).

    y[n, c, p, q] = x[n, c, source(p), source(q)]

Threads: one per output (forward), one per input element (input gradient); the last axis runs
fastest. Layout: (n, c, h, w) with any strides. Constraints: none beyond PyTorch's own.
"""

from collections.abc import Sequence

from crosscheck.kernels import arguments
from crosscheck.kernels.algorithm import Algorithm, choose
from crosscheck.kernels.arguments import integer, reject
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.launch import cuda, device_function, index, kernel, real
from crosscheck.kernels.unravel import extents, unravel

OP = "pad"
REFLECT, REPLICATE, CIRCULAR = range(3)
MODES = {"reflect": REFLECT, "replicate": REPLICATE, "circular": CIRCULAR}


@device_function
def source(p, before, extent, mode):
    """Return the input row that output row p copies; `before` rows are padded before the first."""
    if p < before:
        missing = before - p  # rows before the first
        if mode == REFLECT:
            return missing
        return index(0) if mode == REPLICATE else extent - missing
    h = p - before
    if h < extent:
        return h
    past = h - extent  # rows past the last but one
    if mode == REFLECT:
        return extent - 2 - past
    return extent - 1 if mode == REPLICATE else past


@device_function
def candidate(t, h, before, extent):
    """Return the t-th output row that may copy input row h: all before the image, its own place in
    it, all after it.
    """
    if t < before:
        return t
    return before + h if t == before else t + extent - 1


@kernel
def forward_kernel(x, y, before, mode):
    H, W = extents(x)[2:]
    N, C, P, Q = extents(y)
    n, c, p, q = unravel(index(cuda.grid(1)), C, P, Q)
    if n < N:
        y[n, c, p, q] = x[n, c, source(p, before[0], H, mode), source(q, before[1], W, mode)]


# Every output is a copy of one input element:
#     dx[n, c, h, w] = sum of dy[n, c, p, q] over source(p) = h and source(q) = w
# Each thread gathers that sum for its own input element. The rows that can copy row h are the
# padding and h itself; they are tried in ascending order, so two runs give the same bits.
@kernel
def input_gradient_kernel(dy, dx, before, mode):
    N, C, H, W = extents(dx)
    P, Q = extents(dy)[2:]
    n, c, h, w = unravel(index(cuda.grid(1)), C, H, W)
    if n < N:
        total = real(0)
        # As a range these loops would be unrolled: 848 instructions instead of 280 (sm_90a).
        t = index(0)
        while t <= P - H:
            p = candidate(t, h, before[0], H)
            if source(p, before[0], H, mode) == h:
                u = index(0)
                while u <= Q - W:
                    q = candidate(u, w, before[1], W)
                    if source(q, before[1], W, mode) == w:
                        total += dy[n, c, p, q]
                    u += 1
            t += 1
        dx[n, c, h, w] = total


def _forward_direct(x: Array, y: Array, before: tuple[int, int], mode: int) -> None:
    forward_kernel.forall(y.size)(x, y, before, mode)


def _input_gradient_direct(dy: Array, dx: Array, before: tuple[int, int], mode: int) -> None:
    input_gradient_kernel.forall(dx.size)(dy, dx, before, mode)


ALGORITHMS = {
    "forward": {"direct": Algorithm("direct", _forward_direct)},
    "input_gradient": {"direct": Algorithm("direct", _input_gradient_direct)},
}


def forward(
    input: Array,
    pad: Sequence[int],
    mode: str,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the image, ([n,] c, h, w) in float32 or float64, padded on its last two axes.

    `pad` is (left, right, top, bottom), as `torch.nn.functional.pad` has it; `mode` is one of
    MODES. Raises ValueError or TypeError, before anything is launched, for what PyTorch rejects.
    """
    arguments.array(OP, "input", input, (3, 4))
    size, before = _parse(input.shape, pad, mode)
    chosen = choose(OP, "forward", ALGORITHMS["forward"], size, algorithm)
    out = arguments.output(OP, out, size, input.dtype, input)
    chosen.run(_batched(input), _batched(out), before, MODES[mode])
    return out


def input_gradient(
    grad_output: Array,
    input_size: Sequence[int],
    pad: Sequence[int],
    mode: str,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient with respect to the input, of shape `input_size`. Raises as `forward`."""
    if len(input_size) not in (3, 4):
        reject(OP, "input_size", input_size, "3 or 4 dimensions")
    size, before = _parse(input_size, pad, mode)
    arguments.array(OP, "grad_output", grad_output, (len(size),))
    arguments.shape(OP, "grad_output", grad_output, size)
    table = ALGORITHMS["input_gradient"]
    chosen = choose(OP, "input_gradient", table, size, algorithm)
    out = arguments.output(OP, out, tuple(input_size), grad_output.dtype, grad_output)
    chosen.run(_batched(grad_output), _batched(out), before, MODES[mode])
    return out


def _parse(
    shape: Sequence[int], pad: Sequence[int], mode: str
) -> tuple[tuple[int, ...], tuple[int, int]]:
    """Return the output's shape, and (top, left)."""
    if mode not in MODES:
        reject(OP, "mode", mode, f"one of {sorted(MODES)}")
    if not isinstance(pad, Sequence) or len(pad) != 4:
        reject(OP, "pad", pad, "(left, right, top, bottom)")
    left, right, top, bottom = (integer(OP, "pad", each, 0) for each in pad)
    *lead, h, w = shape
    if 0 in (*lead[-1:], h, w):
        reject(OP, "input.shape", tuple(shape), "at least 1 channel, row and column")
    for extent, widest in ((h, max(top, bottom)), (w, max(left, right))):
        if mode == "reflect" and widest >= extent:
            reject(OP, "pad", tuple(pad), f"less than the image's {h} rows, {w} columns")
        if mode == "circular" and widest > extent:
            reject(OP, "pad", tuple(pad), f"at most the image's {h} rows, {w} columns")
    return (*lead, h + top + bottom, w + left + right), (top, left)


def _batched(array: Array) -> Array:
    return array if array.ndim == 4 else array[None]
