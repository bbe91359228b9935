"""Lesson 4: each number once a block, with the halo, and a barrier."""

NAME = "shared_memory"
TILE = "cuda.shared.array(TILE, float32)"
FROM_TILE = "total += x[i + s]", "total += tile[t + s]"


def load(tile=TILE, halo="t < TAPS - 1", barrier="cuda.syncthreads()"):
    lines = [
        f"tile = {tile}",
        "t = cuda.threadIdx.x",
        "tile[t] = x[i]",
        f"if {halo}:",
        "    tile[THREADS + t] = x[i + THREADS]",
        barrier,
    ]
    return "    total = float32(0)", "\n".join(
        f"    {line}" for line in (*lines, "total = float32(0)")
    )


def test_right(right):
    said = right(NAME, load(), FROM_TILE)
    assert "x is loaded 1.06 times for each output, where each of them needs 9" in said


def test_no_tile(wrong):
    assert "x is loaded 9.00 times for each output; expected 1.06" in wrong(NAME)


def test_no_halo(wrong):
    tile = "cuda.shared.array(THREADS, float32)"
    said = wrong(NAME, load(tile, halo="False"), FROM_TILE)
    assert "memcheck: tile[128] is out of bounds for 128 elements, shared_memory.py:27" in said


def test_a_halo_never_loaded(wrong):
    said = wrong(NAME, load(halo="False"), FROM_TILE)
    assert "initcheck: tile[128] is read but was never written, shared_memory.py:27" in said


def test_no_barrier(wrong):
    said = wrong(NAME, load(barrier="pass"), FROM_TILE)
    assert "racecheck: tile[" in said and "with no barrier between" in said


def test_a_size_that_is_no_number_of_the_module(wrong):
    said = wrong(NAME, load("cuda.shared.array(THREADS + TAPS - 1, float32)"), FROM_TILE)
    assert "does not compile: shared_memory.py:19: " in said
    assert "the shape of a shared or local array must be constant" in said
    assert len(said.splitlines()) == 1


def test_the_halo_from_global_memory(wrong):
    both = "total += (tile[t + s] if t + s < THREADS else x[i + s])"
    said = wrong(NAME, load(halo="False"), ("total += x[i + s]", both))
    assert "1.28 times" in said
    assert "(shared_memory.py:21: 1.00, shared_memory.py:27: 0.28)" in said
