"""The model of a kernel's time: filling the GPU, the floor of the memory, what launches cost."""

import pytest

from crosscheck.kernels.register_tile import RegisterTile
from crosscheck.kernels.waves import ADD_PART, DRAM, LAUNCH, Product, choose, cycles, predict

SMS = 132
TILES = (RegisterTile(128, 128, ceiling=0.86), RegisterTile(64, 64, ceiling=0.81))
PARTS = (1, 2, 4, 8)


@pytest.mark.parametrize(
    ("what", "product", "tile", "parts"),
    [
        ("many waves: the higher ceiling", Product(256, 10**6, 576), TILES[0], 1),
        ("64 rows fill a tile of 64", Product(64, 10**6, 576), TILES[1], 1),
        ("few outputs, a long sum: split", Product(64, 64, 4608), TILES[1], 8),
    ],
)
def test_the_choice_fills_the_gpu(what, product, tile, parts):
    assert choose(TILES, PARTS, product, SMS) == (tile, parts), what


def test_a_wave_that_is_begun_costs_as_the_blocks_on_an_sm():
    tile = TILES[0]
    wave = tile.blocks * SMS * 128
    full = cycles(tile, 1, Product(128, wave, 576), SMS)
    assert cycles(tile, 1, Product(128, 2 * wave, 576), SMS) == 2 * full
    assert full < cycles(tile, 1, Product(128, wave + 1, 576), SMS) < 2 * full
    assert cycles(tile, 1, Product(128, 1, 576), SMS) == full / tile.blocks


def test_no_kernel_is_faster_than_the_memory():
    product = Product(64, 64, 8)
    free, bound = (predict(TILES, (1,), product, SMS, moved) for moved in (0, 10**9))
    assert bound.cycles == 10**9 / (DRAM * SMS) > free.cycles
    assert "bound by 1000.0 MB" in bound.why and "bound" not in free.why


def test_every_launch_costs():
    one, two = (predict(TILES, (1,), Product(64, 64, 8), SMS, 0, launches) for launches in (1, 2))
    assert two.cycles - one.cycles == LAUNCH
    product = Product(64, 64, 10**5)
    split = predict(TILES, PARTS, product, SMS, 0)
    assert "in 8 parts" in split.why
    assert split.cycles == cycles(TILES[1], 8, product, SMS)
    parts = LAUNCH + ADD_PART * 8 * 64 * 64 / SMS
    whole = cycles(TILES[1], 1, Product(64, 64, 10**5 // 8), SMS)
    assert split.cycles == pytest.approx(whole + parts, rel=0.01)
