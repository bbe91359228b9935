"""Faults in the weight gradient of the blocked and pipelined kernels."""

from crosscheck.parity.faults.plant import Fault

CONVOLUTION = "crosscheck.kernels.convolution"
WEIGHT_GEMM = f"{CONVOLUTION}.weight_gemm"
PIPELINED = f"{CONVOLUTION}.pipelined"

FAULTS = (
    Fault(
        "positions beyond the last count in the weight gradient",
        WEIGHT_GEMM,
        "positions[i, DY_AT] = NOTHING\n            positions[i, OUTSIDE] = index(0xFFFFFFFF)",
        "positions[i, OUTSIDE] = index(0)",
        "conv2d",
        "filter-3x3",
    ),
    Fault(
        "the weight gradient reads the same buffer again",
        WEIGHT_GEMM,
        "            column ^= NEXT\n",
        "",
        "conv2d",
        "many-positions",
    ),
    Fault(
        "the look-up of positions is a tile late",
        WEIGHT_GEMM,
        "            entry += LANES\n            to = opaque",
        "            to = opaque",
        "conv2d",
        "many-positions",
        algorithm="blocked",
    ),
    Fault(
        "the barrier between two tiles of positions is missing",
        WEIGHT_GEMM,
        "            cuda.syncthreads()  # everyone has read the one pair and written the other\n",
        "",
        "conv2d",
        "many-positions",
        algorithm="blocked",
    ),
    Fault(
        "the parts drop what is left over of the positions",
        f"{WEIGHT_GEMM}_launch",
        "count(count(terms, tile.depth), parts)",
        "max(1, count(terms, tile.depth) // parts)",
        "conv2d",
        "many-positions",
        algorithm="blocked",
    ),
    Fault(
        "nobody waits for the copies of the next positions",
        PIPELINED,
        "    def end(tiles, to, staged):\n        wait(0)  #",
        "    def end(tiles, to, staged):\n        pass  #",
        "conv2d",
        "many-positions",
        algorithm="pipelined",
        sanitize=True,
    ),
)
