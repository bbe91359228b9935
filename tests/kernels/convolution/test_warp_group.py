"""wgmma without a GPU that has it: what is refused, how its weights lie, and what is compiled.

What it computes is for a GPU to say: crosscheck parity --device cuda --algorithm warp_group.
"""

import re
from functools import cache, partial

import ml_dtypes
import numpy as np
import pytest

from crosscheck.benchmarks.launch import stand_ins
from crosscheck.kernels import convolution, gpu
from crosscheck.kernels.algorithm import Unsupported
from crosscheck.kernels.arrays import Place, facts
from crosscheck.kernels.convolution import problem, warp_group, warp_group_3x
from crosscheck.kernels.convolution.tensor_cores import launch, rows
from crosscheck.kernels.convolution.tensor_cores.tile import Kind
from crosscheck.kernels.inspect import inspection, launches, resources
from crosscheck.kernels.memory_format import in_nhwc

RUNGS = "warp_group", "warp_group_3x"
KINDS = {"float32": np.float32, "float16": np.float16, "bfloat16": ml_dtypes.bfloat16}
TILES = [
    pytest.param(dtype, tile, id=f"{tile}")
    for rung in (warp_group, warp_group_3x)
    for dtype, tiles in rung.TILES.items()
    for tile in tiles
]
OF_ONE = [each for each in TILES if each.values[1].kind != Kind.TF32_3X]  # product for each term
OF_THREE = [each for each in TILES if each not in OF_ONE]
TERMS = {
    Kind.TF32: "8.f32.tf32.tf32",
    Kind.TF32_3X: "8.f32.tf32.tf32",
    Kind.F16: "16.f32.f16.f16",
    Kind.BF16: "16.f32.bf16.bf16",
}
X, W = np.zeros((1, 8, 6, 6), np.float32), np.zeros((8, 8, 3, 3), np.float32)
THIS = problem.create("conv2d", ("input", X.shape), ("weight", W.shape), 1, 0, 1, 1)


@pytest.mark.parametrize("algorithm", RUNGS)
def test_float64_and_more_bits_of_a_filter_are_refused(algorithm):
    with pytest.raises(Unsupported, match=r"input.dtype is 'float64'; expected float32"):
        convolution.forward(X.astype(float), W.astype(float), algorithm=algorithm)
    this = convolution.ALGORITHMS["forward"][algorithm]
    tall = problem.create("conv2d", ("x", (1, 1, 40, 1)), ("w", (1, 1, 31, 1)), 1, 0, 1, 1)
    assert this.unsupported(tall) == "r + s is 32; expected at most 31"


@pytest.mark.parametrize(
    ("algorithm", "dtype"),
    [*(("warp_group", each) for each in KINDS.values()), ("warp_group_3x", np.float32)],
)
def test_the_cpu_device_refuses_it_by_name(algorithm, dtype):
    x, w = X.astype(dtype), W.astype(dtype)
    dy, here = np.zeros((1, 8, 4, 4), dtype), "a GPU of compute capability 9.0, not on the CPU"
    with pytest.raises(Unsupported, match=f"'{algorithm}' does not take this forward: .*{here}"):
        convolution.forward(x, w, algorithm=algorithm)
    with pytest.raises(Unsupported, match=f"does not take this input_gradient: .*{here}"):
        convolution.input_gradient(x.shape, w, dy, algorithm=algorithm)


@pytest.mark.parametrize("algorithm", RUNGS)
def test_only_one_compute_capability_has_it(algorithm):
    known = {"input": facts(X)._replace(device="cuda"), "weight": facts(W)._replace(device="cuda")}
    refusal = partial(convolution.ALGORITHMS["forward"][algorithm].refusal, THIS, known)
    for found, digits in (("8.0", "80"), ("8.9", "89"), ("10.0", "100"), ("12.0", "120")):
        why = f"the GPU's compute capability is {found}; expected 9.0"
        assert refusal(Place(stand_ins.cupy(digits), 0)) == why
    assert refusal(Place(stand_ins.cupy("90"), 0)) == ""


@pytest.mark.parametrize("algorithm", RUNGS)
def test_it_is_never_chosen(algorithm):
    for direction in ("forward", "input_gradient"):
        found = convolution.ALGORITHMS[direction][algorithm]
        assert not found.prefers(THIS, "cuda") and not found.prefers(THIS, "cpu")
    assert algorithm not in convolution.ALGORITHMS["weight_gradient"]


def prepared(dtype, tile, w):
    """Rows of weights as wgmma finds them: quad q of row n is at q ^ n % 8."""
    (columns, depth), itemsize = w.shape, np.dtype(KINDS[dtype]).itemsize
    given = w.astype(KINDS[dtype]).view(f"uint{8 * itemsize}").reshape(-1)
    taps, found = np.arange(depth), np.zeros(tile.weight_rows * tile.words, np.uint32)
    rows.preparation(tile).forall(found.size)(given, taps, found, (0, depth), 1, 1, 1, columns)
    lies = found.view(KINDS[dtype]).reshape(tile.weight_rows, 8, -1)
    return np.stack([row[np.arange(8) ^ n % 8].ravel() for n, row in enumerate(lies)])


def column_of(n):
    """Lane t has columns 8 j + 2 t and 8 j + 2 t + 1 of a product: which filters those are."""
    j, t, e = n // 8, n % 8 // 2, n % 2
    return j // 2 * 16 + 4 * t + j % 2 * 2 + e


@pytest.mark.parametrize(("dtype", "tile"), OF_ONE)
def test_the_weights_lie_as_wgmma_reads_them(dtype, tile):
    columns = tile.rows - 3
    w = np.arange(columns * tile.depth).reshape(columns, -1) % 251 + 1
    found = prepared(dtype, tile, w).astype(int)
    for n, row in enumerate(found):
        column = column_of(n)
        expected = w[column].astype(KINDS[dtype]).astype(int) if column < columns else 0
        np.testing.assert_array_equal(row, expected)


@pytest.mark.parametrize(("dtype", "tile"), OF_THREE)
def test_the_parts_of_the_weights_lie_as_the_images_are_read(dtype, tile):
    """Step s takes words 2 (s % 2) and 2 (s % 2) + 1 of a lane's quad 2 t + s // 2."""
    w = np.random.default_rng(0).standard_normal((tile.rows, tile.depth)).astype(np.float32)
    found = prepared(dtype, tile, w)
    big, small = found[: tile.rows], found[tile.rows :]
    assert not np.any(big.view(np.uint32) & 0x1FFF)
    s, k = np.divmod(np.arange(tile.depth), 8)
    terms = (2 * (k % 4) + s // 2) * 4 + 2 * (s % 2) + k // 4
    of = w[np.ix_([column_of(n) for n in range(tile.rows)], terms)]
    np.testing.assert_array_equal(big.astype(float) + small, of)
    assert np.all(np.abs(small) <= 2.0**-11 * np.abs(of))


def launched(dtype, tile):
    x, w = in_nhwc(X.astype(KINDS[dtype])), W.astype(KINDS[dtype])
    y = in_nhwc(np.zeros((1, 8, 4, 4), KINDS[dtype]))
    bias, tiles = np.zeros(8, KINDS[dtype]), {dtype: (tile,)}

    def run():
        launch.forward(tiles, THIS, x, w, bias, y, kernels=launch.BY_GROUPS)(x, w, bias, y)

    return next(each for each in launches.launched(run) if "group_kernel" in each.name)


@cache
def compiled(dtype, tile):
    this = launched(dtype, tile)
    try:
        return gpu.compile_for(this.kernel, this.arguments, (9, 0))
    except gpu.CompilerMissing as error:
        pytest.skip(str(error))


@pytest.mark.parametrize(("dtype", "tile"), TILES)
def test_a_launch_asks_for_the_memory_of_its_tiles(dtype, tile):
    this = launched(dtype, tile)
    assert this.shared_bytes == tile.stages * (tile.weight_rows + tile.columns) * 128
    assert (this.shared_bytes + 1024) * tile.blocks <= 228 * 1024  # an SM's; 1 KB is the system's
    assert this.block == (tile.columns // 64 * 128,)


@pytest.mark.parametrize(("dtype", "tile"), TILES)
def test_no_register_spills_and_no_product_waits_for_another(dtype, tile):
    found = compiled(dtype, tile)
    needed = resources.parse(found.log)
    assert found.arch == "sm_90a"
    assert (needed.spill_stores, needed.spill_loads, needed.stack) == (0, 0, 0)
    assert needed.registers * tile.threads * tile.blocks <= 65536
    assert "serialized" not in found.log


def order(text):
    """The instructions of the loop that have one, in words."""
    words = {
        "cp.async.cg": "copy",
        "cp.async.commit": "copied",
        "cp.async.wait": "wait",
        "fence.proxy.async": "visible",
        "bar.sync": "barrier",
        "wgmma.fence": "fence",
        "wgmma.mma": "product",
        "wgmma.commit": "group",
        "wgmma.wait": "done",
    }
    found = re.findall("|".join(map(re.escape, words)), text)
    return [words[name] for name in found]


@pytest.mark.parametrize(("dtype", "tile"), TILES)
def test_a_turn_waits_fences_multiplies_and_copies_in_this_order(dtype, tile):
    text = compiled(dtype, tile).ptx
    assert re.search(r"\.extern\s+\.shared\s+\.align 1024 ", text)
    products = re.findall(r"wgmma\.mma_async\.sync\.aligned\.(\S+)", text)
    steps, three = 4, tile.kind == Kind.TF32_3X
    assert products == [f"m64n{tile.rows}k{TERMS[tile.kind]}"] * (3 * steps if three else steps)
    copies = (tile.weight_rows + tile.columns) * 8 // tile.threads
    load = ["copy"] * copies + ["copied"]
    if three:
        turn = [*load, *["fence", *["product"] * 3, "group", "done"] * steps]
    else:
        turn = ["fence", *["product"] * steps, "group", *load, "done"]
    turn = ["wait", "visible", "barrier", *turn]
    assert order(text) == load * (tile.stages - 1) + turn + ["wait"]
    groups = [int(each) for each in re.findall(r"cp\.async\.wait_group (\d+)", text)]
    assert groups == [tile.stages - 2, 0]


@pytest.mark.parametrize(("dtype", "tile"), TILES)
def test_tensor_cores_bind_or_nearly(dtype, tile):
    compiled(dtype, tile)  # skips where there is no compiler
    found = inspection.inspect(launched(dtype, tile), (9, 0))
    if found.ceiling is None:
        pytest.skip("no disassembler")
    products = 3 if tile.kind == Kind.TF32_3X else 1
    assert found.mix.loop.fma == 4 * products
    assert found.occupancy.blocks == tile.blocks
    peak = 14.75 if tile.kind.packed == 2 else 7.37  # of tensor cores, in that of FFMA
    assert found.ceiling.fma == pytest.approx(tile.ceiling * products / peak, rel=0.01)
