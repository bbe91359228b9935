"""A picture of one warp's addresses at each source line, for its most expensive request.

A colour is a lane. Global memory is drawn in rows of 128 bytes, four sectors; bytes that move but
that no lane requested are grey. Shared memory is drawn in rows of 32 words, one per bank.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from crosscheck.kernels.cpu.machine.layout import WARP_SIZE
from crosscheck.kernels.cpu.sanitizer.trace import SHARED, Trace
from crosscheck.kernels.inspect.memory import banks, sectors
from crosscheck.kernels.inspect.memory.lines import KINDS, split_by_line
from crosscheck.kernels.inspect.memory.requests import request_numbers

ROW = 128  # bytes: four sectors, or the 32 banks
MOST_ROWS = 64
WHITE = (1.0, 1.0, 1.0, 1.0)  # does not move
GREY = (0.85, 0.85, 0.85, 1.0)  # moves, but no lane requested it
RED = (0.8, 0.15, 0.15, 1.0)  # several lanes requested it


def draw(trace: Trace, title: str, file: Path) -> None:
    """Write a PNG with a panel for each line of `lines.summarise`."""
    parts = [_worst_request(part) for part in split_by_line(trace)]
    rows = [min(len(np.unique(part.address // ROW)), MOST_ROWS) for part in parts]
    heights = [0.35 + 0.13 * count for count in rows]
    figure = Figure(figsize=(11, 0.6 + sum(heights) + 0.45 * len(parts)), layout="constrained")
    figure.suptitle(title)
    axes = figure.subplots(len(parts), 1, squeeze=False, height_ratios=heights)[:, 0]
    for part, panel in zip(parts, axes, strict=True):
        _panel(panel, part)
    _legend(figure, axes)
    figure.savefig(file, dpi=110)


def _worst_request(part: Trace) -> Trace:
    """Return the accesses of the most expensive request, the first of several."""
    numbers = request_numbers(part)
    if part.space[0] == SHARED:
        cost = banks.passes(numbers, part.thread % WARP_SIZE, part.address, part.size)[0]
    else:
        cost = sectors.sectors_moved(numbers, part.address, part.size)
    return part.select(numbers == np.argmax(cost))


def pixels(part: Trace) -> np.ndarray:
    """Return a request as an RGBA image (rows, 128, 4): each row is 128 bytes that it touches."""
    lanes = plt.get_cmap("viridis")(np.linspace(0, 1, WARP_SIZE))
    row_of = np.unique(part.address // ROW, return_inverse=True)[1]
    shown = row_of < MOST_ROWS
    rows, column = row_of[shown], part.address[shown] % ROW
    image = np.broadcast_to(WHITE, (rows.max() + 1, ROW, 4)).copy()
    if part.space[0] != SHARED:
        for row, sector in zip(rows, column // sectors.SECTOR * sectors.SECTOR, strict=True):
            image[row, sector : sector + sectors.SECTOR] = GREY
    owners: dict[tuple[int, int], int] = {}
    accesses = zip(rows, column, part.size[shown], part.thread[shown] % WARP_SIZE, strict=True)
    for row, first, size, lane in accesses:
        several = owners.setdefault((row, first), lane) != lane
        image[row, first : first + size] = RED if several else lanes[lane]
    return image


def _panel(panel: Axes, part: Trace) -> None:
    shared = bool(part.space[0] == SHARED)
    image = pixels(part)
    panel.imshow(image, aspect="auto", interpolation="none", extent=(0, ROW, len(image), 0))
    step = banks.WORD if shared else sectors.SECTOR
    panel.vlines(np.arange(0, ROW, step), 0, len(image), color="black", linewidth=0.3)
    panel.set_xticks(np.arange(0, ROW + 1, 16 if shared else step))
    if shared:
        panel.set_xticklabels(np.arange(0, banks.BANKS + 1, 4))
    panel.set_yticks([])
    panel.set_title(_caption(part, shared), fontsize=9, loc="left")


def _caption(part: Trace, shared: bool) -> str:
    array, place = part.sites[part.site[0]]
    number = np.zeros(len(part), np.int64)  # all accesses are one request
    if shared:
        passes, conflict_free = banks.passes(
            number, part.thread % WARP_SIZE, part.address, part.size
        )
        cost = f"{_count(passes[0], 'pass', 'passes')}, {conflict_free[0]} without conflicts"
        columns = "columns are banks"
    else:
        moved = sectors.sectors_moved(number, part.address, part.size)[0]
        requested = sectors.bytes_requested(number, part.address, part.size)[0]
        cost = f"{_count(moved, 'sector', 'sectors')} for {requested} bytes"
        columns = "columns are bytes"
    space = "shared" if shared else "global"
    lanes = _count(len(part), "lane", "lanes")
    warp = f"warp {part.thread[0] // WARP_SIZE}, block {part.block[0]}"
    access = f"{place}  {KINDS[part.kind[0]]} {array} ({space})"
    return f"{access}: {cost}; {columns}. {lanes} of {warp}"


def _count(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"


def _legend(figure: Figure, axes: np.ndarray) -> None:
    scale = plt.cm.ScalarMappable(plt.Normalize(0, WARP_SIZE - 1), "viridis")
    ticks = [0, 8, 16, 24, 31]
    figure.colorbar(
        scale, ax=list(axes), label="lane (red: several lanes)", fraction=0.02, ticks=ticks
    )
