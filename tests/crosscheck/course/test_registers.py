"""Lesson 7: a word from shared memory for several outputs."""

NAME = "registers"
LOOP = """        for k in range(TILE):
            total += a_tile[ty, k] * b_tile[k, tx]
"""
SHARED_WORD = """        for k in range(TILE):
            shared = b_tile[k, tx]
            for i in range(OUTPUTS):
                sums[i] += a_tile[ty + i * ROWS, k] * shared
"""
AGAIN = """        for k in range(TILE):
            for i in range(OUTPUTS):
                sums[i] += a_tile[ty + i * ROWS, k] * b_tile[k, tx]
"""


def edits(rows=8, loop=SHARED_WORD):
    sums = (
        "sums = cuda.local.array(OUTPUTS, float32)\n"
        "    for i in range(OUTPUTS):\n"
        "        sums[i] = 0"
    )
    load = (
        "        for i in range(ty, TILE, ROWS):\n"
        "            a_tile[i, tx] = a[i, start + tx]\n"
        "            b_tile[i, tx] = b[start + i, tx]\n"
    )
    store = "    for i in range(OUTPUTS):\n        c[ty + i * ROWS, tx] = sums[i]"
    return (
        ("ROWS = 32 ", f"ROWS = {rows} "),
        (
            "total = float32(0)  # for several outputs: sums = cuda.local.array(OUTPUTS, float32)",
            sums,
        ),
        (
            "        a_tile[ty, tx] = a[ty, start + tx]\n"
            "        b_tile[ty, tx] = b[start + ty, tx]\n",
            load,
        ),
        (LOOP, loop),
        ("    c[ty, tx] = total", store),
    )


def test_right(right):
    assert "takes 1.25 words from shared memory, 4 outputs a thread" in right(NAME, *edits())


def test_more_outputs_are_right_too(right):
    assert "takes 1.06 words from shared memory, 16 outputs a thread" in right(NAME, *edits(2))


def test_one_output(wrong):
    said = wrong(NAME)
    assert said.startswith("a thread has 1 outputs, and a product takes 2.00 words")
    assert "b_tile, registers.py:27: 1.00" in said


def test_no_tiles(wrong):
    loop = LOOP.replace("a_tile[ty, k] * b_tile[k, tx]", "a[ty, start + k] * b[start + k, tx]")
    assert "nothing is read from shared memory" in wrong(NAME, (LOOP, loop))


def test_two_outputs(wrong):
    assert wrong(NAME, *edits(16)).startswith("a thread has 2 outputs, and a product takes 1.50")


def test_both_words_for_each_product(wrong):
    said = wrong(NAME, *edits(loop=AGAIN))
    assert said.startswith("a thread has 4 outputs, and a product takes 2.00 words")
    assert "b_tile, registers.py:31: 1.00" in said


def test_rows_beside_each_other(wrong):
    apart = SHARED_WORD.replace("a_tile[ty + i * ROWS, k]", "a_tile[ty + i, k]")
    said = wrong(NAME, *edits(loop=apart))
    assert said.startswith("c[8, 0] is ") and "thread (0, 0, 0) of block (0, 0, 0)" in said


def test_tiles_loaded_in_part(wrong):
    said = wrong(NAME, ("ROWS = 32 ", "ROWS = 8 "))
    assert "initcheck: b_tile[8, 0] is read but was never written" in said
