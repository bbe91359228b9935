"""Lesson 1: an element a thread, and the guard."""

NAME = "first_kernel"
RIGHT = """\
    i = cuda.grid(1)
    if i < x.shape[0]:
        y[i] = 2 * x[i] + 1"""


def body(text):
    return "    # Your lines; cuda.grid(1) is the number of this thread in the grid.", text


def test_right(right):
    assert "1000 threads wrote an element each, 24 of the last" in right(NAME, body(RIGHT))


def test_nothing_written(wrong):
    assert wrong(NAME).startswith("y[0] is written by no thread (1000 of 1000 elements are wrong")


def test_no_guard(wrong):
    said = wrong(NAME, body("    y[cuda.grid(1)] = 2 * x[cuda.grid(1)] + 1"))
    assert "memcheck: x[1000] is out of bounds for 1000 elements, first_kernel.py:9" in said
    assert "thread (104, 0, 0) of block (7, 0, 0)" in said


def test_a_guard_too_narrow(wrong):
    said = wrong(NAME, body(RIGHT.replace("x.shape[0]", "x.shape[0] - 1")))
    assert said.startswith("y[999] is written by no thread (1 of 1000")


def test_the_number_in_the_block(wrong):
    said = wrong(NAME, body(RIGHT.replace("cuda.grid(1)", "cuda.threadIdx.x")))
    assert "racecheck: y[0] is written" in said and "nothing orders these blocks" in said


def test_a_name_that_does_not_exist(wrong):
    said = wrong(NAME, body(RIGHT.replace("+ 1", "+ one")))
    assert said.startswith("the kernel does not compile: ") and "'one' is not defined" in said


def test_another_formula(wrong):
    said = wrong(NAME, body(RIGHT.replace("+ 1", "- 1")))
    assert "y[0] is -7; expected -5 (1000 of 1000 elements are wrong)" in said
    assert "written by thread (0, 0, 0) of block (0, 0, 0), first_kernel.py:11" in said
