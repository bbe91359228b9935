"""Faults in the linear layer: matrix products, their views, and the bias gradient."""

from crosscheck.parity.faults.plant import Fault

BLOCK_REDUCE = "crosscheck.kernels.block_reduce"
DIRECT = "crosscheck.kernels.linear.direct"
TILED = "crosscheck.kernels.linear.tiled"
LINEAR = "crosscheck.kernels.linear.algorithms"

FAULTS = (
    Fault(
        "the direct product drops its last term",
        DIRECT,
        "range(index(a.shape[1]))",
        "range(index(a.shape[1]) - 1)",
        "linear",
        "matrix",
    ),
    Fault(
        "the direct product adds the bias of the row",
        DIRECT,
        "acc += bias[j]",
        "acc += bias[i % columns]",
        "linear",
        "matrix",
    ),
    Fault(
        "the direct product misses the last row",
        DIRECT,
        "if i < rows:",
        "if i + 1 < rows:",
        "linear",
        "matrix",
    ),
    Fault(
        "the product's barrier after loading is missing",
        TILED,
        "        cuda.syncthreads()  # both tiles are complete before anyone reads them\n",
        "",
        "linear",
        "ins-17",
    ),
    Fault(
        "the product's barrier before the next tiles is missing",
        TILED,
        "        cuda.syncthreads()  # everyone has read both tiles",
        "        #",
        "linear",
        "ins-33",
    ),
    Fault(
        "a tile beyond the terms holds what was there",
        TILED,
        "if load_i < rows and n < terms:",
        "if load_i < rows:",
        "linear",
        "ins-17",
    ),
    Fault(
        "a tile beyond the columns is written",
        TILED,
        "if i < rows and j < columns:\n        if bias",
        "if i < rows:\n        if bias",
        "linear",
        "outs-15",
    ),
    Fault(
        "the product drops the last tile of its sum",
        TILED,
        "count(c.shape[0]), count(c.shape[1]), count(a.shape[1])",
        "count(c.shape[0]), count(c.shape[1]), a.shape[1] // TILE",
        "linear",
        "ins-17",
    ),
    Fault(
        "blocks of one column of tiles land in another",
        TILED,
        "unravel(index(cuda.blockIdx.x), tiles[0])",
        "unravel(index(cuda.blockIdx.x), tiles[1])",
        "linear",
        "rows-33",
    ),
    Fault(
        "a tile is loaded turned and stored straight",
        TILED,
        "b_tile[b_row, b_column] = value",
        "b_tile[ty, tx] = value",
        "linear",
        "matrix",
    ),
    Fault(
        "the bias gradient's tree leaves its last level out",
        BLOCK_REDUCE,
        "while half != 0:",
        "while half > 1:",
        "linear",
        "rows-8",
    ),
    Fault(
        "a barrier of the linear layer's bias gradient is missing",
        BLOCK_REDUCE,
        "        cuda.syncthreads()  # this level is complete before the next one reads it\n",
        "",
        "linear",
        "rows-8",
    ),
    Fault(
        "the linear layer's bias gradient is an average",
        LINEAR,
        "reduce.problem(matrix, (0,))",
        "reduce.problem(matrix, (0,), True)",
        "linear",
        "rows-15",
    ),
    Fault(
        "the weight's gradient forgets to turn dy",
        LINEAR,
        "product(dy.T, x, _no_bias(x), dw)",
        "product(dy, x, _no_bias(x), dw)",
        "linear",
        "square",
    ),
    Fault(
        "the output is multiplied by the weight, not its transpose",
        LINEAR,
        "product(x, w.T, b, y)",
        "product(x, w.reshape(w.shape[::-1]), b, y)",
        "linear",
        "square",
    ),
    Fault(
        "a bias of another length is accepted",
        LINEAR,
        'sizes={"bias": weight[:1]}',
        "sizes={}",
        "linear",
        "rejects-a-bias-of-another-length",
    ),
)
