"""Faults in the implicit GEMM of the blocked and pipelined kernels."""

from crosscheck.parity.faults.plant import Fault

CONVOLUTION = "crosscheck.kernels.convolution"
GEMM = f"{CONVOLUTION}.implicit_gemm"
PIPELINED = f"{CONVOLUTION}.pipelined"

FAULTS = (
    Fault(
        "a border bit is that of the row above",
        f"{CONVOLUTION}.positions",
        "top + r * dilation[0] >= image[1]",
        "top + (r - 1) * dilation[0] >= image[1]",
        "conv2d",
        "padding-1",
    ),
    Fault(
        "the look-up is a tile late",
        GEMM,
        "            entry += TILE_WORDS\n            weight_to",
        "            weight_to",
        "conv2d",
        "sum-of-3-tiles",
    ),
    Fault(
        "the product reads the same buffer again",
        GEMM,
        "            row ^= WEIGHTS\n",
        "",
        "conv2d",
        "sum-of-3-tiles",
    ),
    Fault(
        "the barrier between a pair of tiles and the next is missing",
        GEMM,
        "            cuda.syncthreads()  # everyone has read the one pair and written the other\n",
        "",
        "conv2d",
        "sum-of-3-tiles",
    ),
    Fault(
        "the weights are not padded with zeros",
        f"{CONVOLUTION}.lookup",
        "if tap != NOTHING and column < columns:",
        "if tap != NOTHING or column < columns:",
        "conv2d",
        "sum-of-3-tiles",
    ),
    Fault(
        "a quad of outputs is stored a position late",
        f"{CONVOLUTION}.epilogue",
        "        put(acc, j + 3, n, p, q,",
        "        put(acc, j + 2, n, p, q,",
        "conv2d",
        "blocked-63",
    ),
    Fault(
        "the next position forgets the next image",
        f"{CONVOLUTION}.positions",
        "        n += 1\n",
        "        n += 0\n",
        "conv2d",
        "images-in-a-tile",
    ),
    Fault(
        "the last part of a sum is dropped",
        "crosscheck.kernels.parts",
        "range(index(parts.shape[0]))",
        "range(index(parts.shape[0]) - 1)",
        "conv2d",
        "split-sum",
    ),
    Fault(
        "the parts drop what is left over of the terms",
        GEMM,
        "share = (tiles + parts - 1) // parts",
        "share = tiles // parts",
        "conv2d",
        "split-sum",
        algorithm="blocked",
    ),
    Fault(
        "every part adds the bias",
        GEMM,
        "bias.shape[0] != 0 and part == 0 and",
        "bias.shape[0] != 0 and",
        "conv2d",
        "split-sum",
    ),
    Fault(
        "a lattice that no row reaches is not set to zero",
        f"{CONVOLUTION}.lattice",
        "        found.append(Lattice(first",
        "        if taps:\n            found.append(Lattice(first",
        "conv2d",
        "stride-over-filter",
    ),
    Fault(
        "the rows of a lattice are taken in their own order",
        f"{CONVOLUTION}.lattice",
        "range(next(reach, window), window, step)[::-1]",
        "range(next(reach, window), window, step)",
        "conv2d",
        "filter-3x3",
    ),
    Fault(
        "nobody waits for the copies of the next tiles",
        PIPELINED,
        "        wait(0)  #",
        "        pass  #",
        "conv2d",
        "sum-of-3-tiles",
        algorithm="pipelined",
        sanitize=True,
    ),
)
