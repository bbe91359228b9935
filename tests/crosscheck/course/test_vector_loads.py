"""Lesson 8: four elements an access, and the rest."""

NAME = "vector_loads"
LOOP = """    for i in range(index(4)):
        if at + i < index(x.shape[0]):
            y[at + i] = real(2) * x[at + i]
"""
QUAD = """    if at + 4 <= index(x.shape[0]):
        a, b, c, d = load_quad(x, at)
        store_quad(y, at, (real(2) * a, real(2) * b, real(2) * c, real(2) * d))
"""
REST = "    else:\n" + "".join(f"    {line}\n" for line in LOOP.splitlines())


def test_right(right):
    assert "512 bytes with one instruction" in right(NAME, (LOOP, QUAD + REST))


def test_element_by_element(wrong):
    said = wrong(NAME)
    assert said.startswith("vector_loads.py:18: x moves 4 bytes a lane") and "load_quad" in said


def test_only_loads_are_wide(wrong):
    stores = QUAD.replace(
        "store_quad(y, at, (real(2) * a, real(2) * b, real(2) * c, real(2) * d))",
        "y[at], y[at + 1] = real(2) * a, real(2) * b\n"
        "        y[at + 2], y[at + 3] = real(2) * c, real(2) * d",
    )
    said = wrong(NAME, (LOOP, stores + REST))
    assert said.startswith("vector_loads.py:18: y moves 4 bytes a lane") and "store_quad" in said


def test_the_end_left_out(wrong):
    said = wrong(NAME, (LOOP, QUAD))
    assert said.startswith("y[448] is written by no thread (3 of 451")


def test_the_end_as_a_quad(wrong):
    said = wrong(NAME, (LOOP, QUAD.replace("at + 4 <=", "at <")))
    assert "memcheck" in said and "[451] is out of bounds for 451 elements, accesses.py" in said


def test_quads_that_begin_anywhere(wrong):
    shifted = QUAD.replace("if at + 4 <=", "at += 1\n    if at + 4 <=")
    first = "    if at == 0:\n        y[0] = real(2) * x[0]\n"
    said = wrong(NAME, (LOOP, first + shifted + REST))
    assert said.startswith("a load_quad begins at x[1]; expected a multiple of 4")
