"""Faults in the convolutions on tensor cores: fragments, copies, tables, rounding and sums."""

from functools import partial

from crosscheck.parity.faults.plant import Fault

CORES = "crosscheck.kernels.convolution.tensor_cores"
MULTIPLICATION, FRAGMENTS = f"{CORES}.multiplication", f"{CORES}.fragments"
PREPARED = f"{CORES}.weights"
PRODUCT, WEIGHTS = f"{CORES}.product", f"{CORES}.weight_product"
_tf32 = partial(Fault, op="conv2d", algorithm="tensor_core")
_strict = partial(Fault, op="conv2d", algorithm="tensor_core_3x")

_ALL = "            for j in range(across):\n"
_OUTSIDE = f"""                for e in range(4):
                    products[j, e] = real(0)
{_ALL}                mma(products[j], small_a[i], b[j], 0)
{_ALL}                mma(products[j], a[i], small_b[j], 0)
{_ALL}                mma(products[j], a[i], b[j], 0)
{_ALL}                for e in range(4):
                    acc[i, j, e] += products[j, e]
"""
_INSIDE = _OUTSIDE.replace("= real(0)", "= acc[i, j, e]").replace("+= products", "= products")

FAULTS = (
    _tf32(
        "two registers of a fragment are swapped",
        FRAGMENTS,
        "sixteen % 2 * 2 + e % 2",
        "sixteen % 2 * 2 + e // 2",
        case="warp-tiles",
    ),
    _tf32(
        "a lane has its neighbour's quad of the weights",
        FRAGMENTS,
        "lane % 4 * 4 + step * 2",
        "(lane + 1) % 4 * 4 + step * 2",
        case="warp-tiles",
    ),
    _tf32(
        "filters are dealt as if a warp had all of them",
        FRAGMENTS,
        "sixteen // OF_A_WARP * WARP_ROWS + ",
        "",
        case="warp-tiles",
    ),
    _tf32(
        "weights are cut, not rounded",
        PREPARED,
        "bits = to_tf32(bits)",
        "pass",
        case="cut-weights",
    ),
    _tf32(
        "images are cut, not rounded",
        MULTIPLICATION,
        "fragment[i, e] = to_tf32(fragment[i, e])",
        "pass",
        case="cut-images",
    ),
    _strict(
        "the weights' small parts are dropped",
        MULTIPLICATION,
        f"{_ALL}                mma(products[j], small_a[i], b[j], 0)\n",
        "",
        case="eights",
    ),
    _strict(
        "the images' small parts are dropped",
        MULTIPLICATION,
        f"{_ALL}                mma(products[j], a[i], small_b[j], 0)\n",
        "",
        case="eights",
    ),
    _strict(
        "the big part is cut, not rounded",
        MULTIPLICATION,
        "(word + np.uint32(0x1000)) & ",
        "word & ",
        case="cut-small-parts",
    ),
    _strict(
        "sums stay inside the tensor cores",
        MULTIPLICATION,
        _OUTSIDE,
        _INSIDE,
        case="below-the-cut",
    ),
    _tf32(
        "the wait is weaker by a group",
        PRODUCT,
        "2 * QUADS, STAGES - 2",
        "2 * QUADS, STAGES - 1",
        case="sum-of-3-tiles",
        sanitize=True,
    ),
    _tf32(
        "the barrier of a tile is missing",
        PRODUCT,
        "            cuda.syncthreads()  # the tile is there",
        "            #",
        case="sum-of-3-tiles",
    ),
    _tf32(
        "the look-up of the tensor cores is a tile late",
        PRODUCT,
        "            entry += TILE_ENTRIES\n            weight_at += TILE_WORDS\n"
        "            to += STAGE\n        look_up",
        "            weight_at += TILE_WORDS\n            to += STAGE\n        look_up",
        case="sum-of-3-tiles",
    ),
    _tf32(
        "the ring of tiles is one longer than it is",
        PRODUCT,
        "            if weight >= END:",
        "            if weight > END:",
        case="warp-tiles",
    ),
    _tf32(
        "a part forgets its last tile",
        PRODUCT,
        "share = (all_tiles + parts - 1) // parts",
        "share = max(all_tiles // parts, index(1))",
        case="split-sum",
    ),
    _tf32(
        "outputs of two positions are exchanged",
        PRODUCT,
        "e % 2 * 2 + right",
        "e % 2 * 2 + 1 - right",
        case="warp-tiles",
    ),
    _tf32(
        "a border bit is that of the pixel above",
        f"{CORES}.positions",
        "outside_bits(n, top, left,",
        "outside_bits(n, top + 1, left,",
        case="padding-1",
    ),
    _tf32(
        "images brought to NHWC are not turned",
        f"{CORES}.images",
        "tile[tx, row]\n",
        "tile[row, tx]\n",
        case="padding-1",
    ),
    _tf32(
        "channels of the next group fill a quad up",
        f"{CORES}.images",
        "(group * channels + channel)",
        "(group * filled + channel)",
        case="groups-tile",
    ),
    _tf32(
        "a row of the weight gradient is turned the other way than it was written",
        WEIGHTS,
        "row_b ^ index(2 * (j % 4))",
        "row_b ^ index(2 * (3 - j % 4))",
        case="warp-tiles",
    ),
    _tf32(
        "the weight gradient reads the rows of the fragment in another order",
        WEIGHTS,
        "4 * (i % 2) + 2 * (e % 2)",
        "4 * (i % 2) + 2 * (e // 2)",
        case="warp-tiles",
    ),
    _tf32(
        "every part of the weight gradient sums the positions of the first",
        WEIGHTS,
        "at = (part * todo * POSITIONS + mine) * POSITION",
        "at = mine * POSITION",
        case="many-positions",
    ),
    _tf32(
        "the weight gradient's wait is weaker by a group",
        WEIGHTS,
        "STAGES - 1, STAGES - 2",
        "STAGES - 1, STAGES - 1",
        case="many-positions",
        sanitize=True,
    ),
    _tf32(
        "a column of channels that only fill up is stored",
        "crosscheck.kernels.convolution.lookup",
        "exists = c < of.channels",
        "exists = c < channels",
        case="padding-1",
    ),
)
