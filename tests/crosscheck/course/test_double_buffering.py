"""Lesson 9: load, multiply, store; two tiles and one barrier a turn."""

NAME = "double_buffering"
TILE = "tile = cuda.shared.array(THREADS, float32)"
LOOP = """    for start in range(0, x.shape[0], THREADS):
        tile[k] = x[start + k]
        cuda.syncthreads()
        for j in range(THREADS):
            total += tile[j] * w[start + j, k]
        cuda.syncthreads()
"""
AHEAD = """    tiles[0, k] = x[k]
    cuda.syncthreads()
    for start in range(0, x.shape[0], THREADS):
        this = start // THREADS % 2
        ahead = start + THREADS
        if ahead < x.shape[0]:
            following = x[ahead + k]
        for j in range(THREADS):
            total += tiles[this, j] * w[start + j, k]
        if ahead < x.shape[0]:
            tiles[1 - this, k] = following
        cuda.syncthreads()
"""
TWO = TILE, "tiles = cuda.shared.array((2, THREADS), float32)"


def test_right(right):
    assert "2 barriers, and a load under way during all products" in right(NAME, TWO, (LOOP, AHEAD))


def test_nothing_under_way(wrong):
    said = wrong(NAME)
    assert said.startswith("double_buffering.py:20: the next chunk is loaded when the products")
    assert "(double_buffering.py:23)" in said


def test_stored_before_the_products(wrong):
    early = AHEAD.replace("following = x[ahead + k]", "tiles[1 - this, k] = x[ahead + k]")
    early = early.replace(
        "        if ahead < x.shape[0]:\n            tiles[1 - this, k] = following\n", ""
    )
    said = wrong(NAME, TWO, (LOOP, early))
    assert said.startswith("double_buffering.py:25: the next chunk is stored before the products")


def one_tile(text):
    return text.replace("tiles[0, k]", "tile[k]").replace("tiles[this, j]", "tile[j]").replace(
        "tiles[1 - this, k]", "tile[k]"
    )  # fmt: skip


def test_one_tile_and_a_barrier_a_turn(wrong):
    said = wrong(NAME, (LOOP, one_tile(AHEAD)))
    assert "racecheck: tile[0] is written, double_buffering.py:29" in said


def test_one_tile_and_two_barriers_a_turn(wrong):
    behind = "w[start + j, k]\n        cuda.syncthreads()\n"
    said = wrong(NAME, (LOOP, one_tile(AHEAD).replace("w[start + j, k]\n", behind)))
    assert said.startswith("double_buffering.py:30: the next chunk is stored where this one was")


def test_two_tiles_and_two_barriers_a_turn(wrong):
    behind = "w[start + j, k]\n        cuda.syncthreads()\n"
    said = wrong(NAME, TWO, (LOOP, AHEAD.replace("w[start + j, k]\n", behind)))
    assert said.startswith("double_buffering.py:28: this barrier protects nothing")


def test_no_barrier_in_the_loop(wrong):
    said = wrong(NAME, TWO, (LOOP, AHEAD.removesuffix("        cuda.syncthreads()\n")))
    assert "racecheck" in said


def test_the_first_chunk_again_and_again(wrong):
    said = wrong(NAME, TWO, (LOOP, AHEAD.replace("x[ahead + k]", "x[k]")))
    assert said.startswith("y[0] is ") and "double_buffering.py:31" in said
