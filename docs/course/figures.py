"""Draws the figures of the lessons: python docs/course/figures.py

A test holds the files to what this draws.
"""

import math
from collections.abc import Callable
from pathlib import Path

from crosscheck.docs.course.svg import Drawing

FOLDER = Path(__file__).parent
FIGURES: list[Callable[[], Drawing]] = []


def figure(function: Callable[[], Drawing]) -> Callable[[], Drawing]:
    """Enter a figure, which has the name of its lesson."""
    FIGURES.append(function)
    return function


@figure
def first_kernel() -> Drawing:
    drawing = Drawing(640, 170, "16 threads in 2 blocks, and 13 elements")
    for i in range(16):
        x = 40 + 36 * i + 12 * (i // 8)
        drawing.cell(x, 40, 30, i, ("one", "two")[i // 8] if i < 13 else "faint")
        if i < 13:
            drawing.cell(x, 110, 30, f"y{i}")
            drawing.line((x + 15, 70), (x + 15, 108), arrow=True)
    drawing.words(40, 28, "block 0: threads 0 to 7")
    drawing.words(340, 28, "block 1: threads 8 to 15")
    drawing.words(526, 125, "no element: the guard", kind="small")
    drawing.words(526, 140, "sends them home", kind="small")
    return drawing


@figure
def grids() -> Drawing:
    drawing = Drawing(640, 300, "4 x 7 blocks of 32 x 8 threads over an image of 100 x 50")
    scale, left, top = 3.6, 100, 50
    for row in range(7):
        for column in range(4):
            x, y = left + 32 * scale * column, top + 8 * scale * row
            drawing.box(x, y, 32 * scale, 8 * scale, "faint")
    drawing.box(left, top, 100 * scale, 50 * scale, "one")
    for row in range(7):
        for column in range(4):
            x, y = left + 32 * scale * column, top + 8 * scale * row
            drawing.line((x, y), (x + 32 * scale, y), (x + 32 * scale, y + 8 * scale), dash="3 3")
            drawing.words(x + 56, y + 18, f"{column}, {row}", kind="small")
    drawing.words(left, 35, "along the width: x, 4 blocks of 32 threads (128 for 100 columns)")
    drawing.words(10, 110, "height: y,")
    drawing.words(10, 128, "7 blocks of 8")
    drawing.words(10, 146, "(56 for 50)")
    drawing.words(left, 280, "Grey threads have no pixel. Without the guard they read past a row.")
    return drawing


@figure
def coalescing() -> Drawing:
    drawing = Drawing(640, 270, "The sectors that a warp moves, down a column and along a row")
    for panel, (first, lines) in enumerate((("row", 32), ("column", 4))):
        top = 40 if panel == 0 else 190
        for sector in range(lines):
            x, y = 20 + sector % 8 * 76, top + sector // 8 * 24
            for word in range(8):
                used = word == 0 if panel == 0 else True
                drawing.box(x + word * 8.5, y, 8.5, 16, "one" if used else "faint")
        text = f"{first} = lane: {lines} sectors of 32 bytes move, "
        drawing.words(20, top - 12, text + ("4 of each are used" if panel == 0 else "all are used"))
    drawing.words(
        20, 245, "Blue: one of the 32 words that the warp asked for. Grey: moves with it."
    )
    return drawing


@figure
def shared_memory() -> Drawing:
    drawing = Drawing(640, 250, "Two blocks, their tiles with halo, and a window of three taps")
    size = 30
    for i in range(18):
        drawing.cell(60 + size * i, 40, size, f"x{i}")
    for block, colour in enumerate(("one", "two")):
        left = 60 + 8 * size * block
        y = 110 + 44 * block
        for t in range(10):
            drawing.cell(left + size * t, y, size, t, colour if t < 8 else "four")
        drawing.line((left + 4 * size, 72), (left + 4 * size, y - 2), arrow=True)
    drawing.words(10, 59, "global")
    drawing.words(10, 130, "tile 0")
    drawing.words(250, 174, "tile 1", "end")
    drawing.words(
        60, 212, "Violet is the halo: block 0 loads x8 and x9 as well, which block 1 has, too."
    )
    drawing.words(60, 232, "y7 = x7 w0 + x8 w1 + x9 w2 then reads the tile alone.")
    return drawing


@figure
def barriers() -> Drawing:
    drawing = Drawing(640, 230, "Two turns of two threads, and what each barrier orders")
    for row, name in enumerate(("thread 0", "thread 63")):
        y = 50 + 90 * row
        drawing.words(10, y + 20, name)
        other = 63 - 63 * row
        steps = (f"write tile[{63 * row}]", f"read tile[{other}]") * 2
        for step, text in enumerate(steps):
            x = 90 + step * 138
            drawing.box(x, y, 106, 30, ("one", "two")[step % 2])
            drawing.words(x + 53, y + 19, text, "middle", "small")
    for step in range(3):
        x = 205 + step * 138
        drawing.line((x + 7, 35), (x + 7, 185), colour="bad", dash="6 3")
        drawing.words(x + 7, 28, ("first", "second")[step % 2], "middle", "bad")
    drawing.line((160, 138), (256, 82), arrow=True)
    drawing.line((300, 82), (392, 138), arrow=True)
    drawing.words(10, 210, "Without the first a number is read before it is there,")
    drawing.words(320, 210, "without the second it is overwritten before.")
    return drawing


@figure
def bank_conflicts() -> Drawing:
    drawing = Drawing(640, 290, "A column of a tile, with rows of 8 and of 9 words, over 8 banks")
    for panel, width in enumerate((8, 9)):
        left = 20 + 320 * panel
        for row in range(8):
            for column in range(width):
                fill = "two" if column == 3 else "four" if column == 8 else "paper"
                bank = (row * width + column) % 8
                drawing.cell(left + 25 * column, 40 + 25 * row, 25, bank, fill)
        drawing.words(left, 28, f"rows of {width} words; the number is a word's bank, of 8")
    drawing.words(20, 262, "The column lies in bank 3: 8 passes.")
    drawing.words(340, 262, "It lies in all 8 banks: one pass.")
    drawing.words(340, 280, "Violet is never used.", kind="small")
    return drawing


@figure
def registers() -> Drawing:
    drawing = Drawing(640, 270, "Words from shared memory for the products of one k")
    for panel, outputs in enumerate((1, 4)):
        left = 60 + 300 * panel
        drawing.cell(left + 100, 50, 34, "b", "two")
        for i in range(outputs):
            y = 100 + 36 * i
            drawing.cell(left, y, 34, f"a{i}", "one")
            drawing.cell(left + 100, y, 34, f"c{i}", "three")
            drawing.line((left + 36, y + 17), (left + 98, y + 17), arrow=True)
        drawing.line((left + 117, 85), (left + 117, 99), arrow=True)
        many = f"{outputs} product{'s' if outputs > 1 else ''}"
        drawing.words(left, 30, f"{1 + outputs} words for {many}: {1 + 1 / outputs:.2f} each")
    drawing.words(60, 262, "Blue and orange come from shared memory, green stays in registers.")
    return drawing


@figure
def vector_loads() -> Drawing:
    drawing = Drawing(640, 220, "512 bytes of a warp with four instructions and with one")
    colours = ("one", "two", "three", "four")
    for panel in range(2):
        y = 50 + 90 * panel
        for lane in range(32):
            for word in range(4):
                place = lane * 4 + word
                fill = colours[place // 32] if panel == 0 else "one"
                drawing.box(20 + place * 4.7, y, 4.7, 24, fill, "paper")
        for lane in range(32 if panel else 0):
            drawing.line((20 + lane * 18.8, y - 3), (20 + lane * 18.8, y + 27))
    drawing.words(20, 40, "x[i]: four instructions of 128 bytes, a colour each")
    drawing.words(20, 130, "load_quad: one instruction, 16 bytes a lane (a lane between two marks)")
    drawing.words(20, 195, "The same sectors, all of them used: only the instructions are fewer.")
    return drawing


@figure
def double_buffering() -> Drawing:
    drawing = Drawing(640, 250, "Loads and products of four chunks, in turns and at once")
    drawing.words(20, 30, "one tile: load, wait, multiply, wait")
    for chunk in range(4):
        x = 20 + 145 * chunk
        drawing.box(x, 40, 80, 28, "one")
        drawing.words(x + 40, 59, f"load {chunk}", "middle", "small")
        drawing.box(x + 80, 40, 60, 28, "three")
        drawing.words(x + 110, 59, f"use {chunk}", "middle", "small")
    drawing.words(20, 110, "two tiles: the next chunk is under way while this one is used")
    for chunk in range(4):
        x = 20 + 85 * chunk
        drawing.box(x, 120, 80, 28, "one")
        drawing.words(x + 40, 139, f"load {chunk}", "middle", "small")
        drawing.box(x + 85, 156, 60, 28, "three")
        drawing.words(x + 115, 175, f"use {chunk}", "middle", "small")
        drawing.line((x + 82, 115), (x + 82, 190), colour="bad", dash="6 3")
    drawing.words(20, 220, "Red: a barrier, one a turn. Lengths are made up; on a GPU a load takes")
    drawing.words(20, 238, "hundreds of cycles, and other warps fill a part of the wait.")
    return drawing


@figure
def roofline() -> Drawing:
    """An H200, float32: 66.9e12 operations and 4.8e12 bytes a second."""
    peak, bandwidth = 66.9, 4.8
    drawing = Drawing(640, 330, "The roofline of an H200 in float32, a ReLU and a convolution")

    def at(intensity: float, tera: float) -> tuple[float, float]:
        return 80 + 125 * math.log10(intensity / 0.05), 270 - 95 * math.log10(tera / 0.2)

    drawing.line((80, 20), (80, 270), (620, 270))
    ridge = peak / bandwidth
    drawing.line(at(0.05, 0.05 * bandwidth), at(ridge, peak), at(900, peak))
    for intensity in (0.1, 1, 10, 100):
        drawing.words(at(intensity, 1)[0], 288, f"{intensity:g}", "middle", "small")
    for tera in (1, 10):
        drawing.words(72, at(1, tera)[1] + 4, f"{tera}", "end", "small")
    drawing.words(350, 310, "operations a byte", "middle")
    drawing.words(88, 24, "tera-operations a second", kind="small")
    conv, tiled = at(143.6, peak), at(143.6, 0.124 * peak)  # 16 FMAs of 129 instructions
    relu = at(0.125, 0.125 * bandwidth)
    for x, y in (relu, conv, tiled):
        drawing.box(x - 4, y - 4, 8, 8, "two")
    drawing.line((conv[0], conv[1] + 6), (tiled[0], tiled[1] - 8), colour="bad", arrow=True)
    drawing.words(relu[0] + 10, relu[1] + 12, "ReLU: memory binds")
    drawing.words(conv[0], conv[1] - 12, "3 x 3 convolution at best", "middle")
    drawing.words(tiled[0] - 12, tiled[1] + 4, "its tiled kernel at most: issue binds", "end")
    drawing.words(at(ridge, peak)[0] - 8, at(ridge, peak)[1] - 8, "ridge: 13.9", "end")
    return drawing


if __name__ == "__main__":
    for number, draw in enumerate(FIGURES, 1):
        (FOLDER / f"{number:02}_{draw.__name__}.svg").write_text(draw().svg())
