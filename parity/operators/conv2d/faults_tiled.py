"""Faults in tiled convolution and in the bias gradient: shared memory and barriers."""

from crosscheck.parity.faults.plant import Fault

BLOCK_REDUCE = "crosscheck.kernels.block_reduce"
CONV2D = "crosscheck.kernels.convolution.conv2d"
TILED = "crosscheck.kernels.convolution.tiled"
TILED_FORWARD = "crosscheck.kernels.convolution.tiled_forward"
TILED_INPUT_GRADIENT = "crosscheck.kernels.convolution.tiled_input_gradient"
TILED_WEIGHT_GRADIENT = "crosscheck.kernels.convolution.tiled_weight_gradient"
UNRAVEL = "crosscheck.kernels.unravel"

FAULTS = (
    Fault(
        "the barrier after loading the tiles is missing",
        TILED_FORWARD,
        "        cuda.syncthreads()  # both tiles are complete before anyone reads them\n",
        "",
        "conv2d",
        "filters-15",
    ),
    Fault(
        "the barrier before the next tiles is missing",
        TILED_FORWARD,
        "        cuda.syncthreads()  # everyone has read both tiles",
        "        #",
        "conv2d",
        "filters-15",
    ),
    Fault(
        "the last tile of the sum is dropped",
        TILED,
        "steps = count(problem.channels * problem.r * problem.s)",
        "steps = problem.channels * problem.r * problem.s // TILE",
        "conv2d",
        "filters-15",
    ),
    Fault(
        "a tile beyond the filters writes into the next group",
        TILED_FORWARD,
        "if row < filters and n < N:\n        if bias",
        "if n < N:\n        if bias",
        "conv2d",
        "filters-15",
    ),
    Fault(
        "padding reads the image's edge instead of zero",
        TILED_FORWARD,
        "pixel = real(0)",
        "pixel = x[index(0), first, index(0), index(0)]",
        "conv2d",
        "filter-4x4",
    ),
    Fault(
        "tiles advance one column too few",
        UNRAVEL,
        "if q >= extents[-1]:",
        "if q > extents[-1]:",
        "conv2d",
        "filters-15",
    ),
    Fault(
        "the barrier after loading is missing in the input gradient",
        TILED_INPUT_GRADIENT,
        "        cuda.syncthreads()  # both tiles are complete before anyone reads them\n",
        "",
        "conv2d",
        "filters-15",
    ),
    Fault(
        "the tiled input gradient ignores whether the stride divides",
        TILED_INPUT_GRADIENT,
        "and divides:",
        "and (divides or not divides):",
        "conv2d",
        "padding-over-stride",
    ),
    Fault(
        "the tiled input gradient writes to the first group",
        TILED_INPUT_GRADIENT,
        "n, group * C + c, h, v, acc",
        "n, c, h, v, acc",
        "conv2d",
        "same-groups",
    ),
    Fault(
        "the tiled weight gradient transposes a tile",
        TILED_WEIGHT_GRADIENT,
        "patches[tx, i]",
        "patches[i, tx]",
        "conv2d",
        "filters-15",
    ),
    Fault(
        "the tiled weight gradient sums into the wrong filter",
        TILED_WEIGHT_GRADIENT,
        "k = group * filters + row",
        "k = row",
        "conv2d",
        "same-groups",
    ),
    Fault(
        "the bias gradient's tree forgets a level",
        BLOCK_REDUCE,
        "half = index(scratch.shape[0]) // 2",
        "half = index(scratch.shape[0]) // 4",
        "conv2d",
        "positions-255",
    ),
    Fault(
        "a barrier of the bias gradient's tree is missing",
        BLOCK_REDUCE,
        "        cuda.syncthreads()  # this level is complete before the next one reads it\n",
        "",
        "conv2d",
        "filters-15",
    ),
    Fault(
        "the bias gradient is an average",
        CONV2D,
        "reduce.problem(images, (0, 2, 3))",
        "reduce.problem(images, (0, 2, 3), True)",
        "conv2d",
        "filters-15",
    ),
    Fault(
        "zeros are skipped, those of the padding, too",
        TILED_FORWARD,
        "acc += weights[ty, i] * patches[i, tx]",
        "if patches[i, tx] != real(0):\n                acc += weights[ty, i] * patches[i, tx]",
        "conv2d",
        "padding-1 weight inf",
    ),
    Fault(
        "zeros stand in for outputs that exist, too",
        TILED_INPUT_GRADIENT,
        "acc += weights[ty, i] * patches[i, tx]",
        "acc += weights[ty, i] * (patches[i, tx] + real(0) * weights[ty, i])",
        "conv2d",
        "padding-1 weight inf",
    ),
)
