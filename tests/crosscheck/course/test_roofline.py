"""Lesson 10: numbers beside those of inspect, and what is said where the compiler is missing."""

import pytest

from crosscheck.course.lessons import roofline
from crosscheck.kernels import gpu

NAME = "roofline"
ROOF = (
    ("CONV2D = 0.0", "CONV2D = 143.6"),
    ("RELU = 0.0", "RELU = 0.125"),
    ("RIDGE = 0.0", "RIDGE = 66.9 / 4.8"),
    ('CONV2D_IS_BOUND_BY = "?"', 'CONV2D_IS_BOUND_BY = "arithmetic"'),
    ('RELU_IS_BOUND_BY = "?"', 'RELU_IS_BOUND_BY = "memory"'),
)


@pytest.fixture(scope="module")
def loop():
    """What `inspect` says of the loop, here: another compiler may make another one."""
    return roofline._tiled().mix


def counted(instructions, ffmas, ceiling=None):
    share = ffmas / instructions if ceiling is None else ceiling
    return (
        ("LOOP_INSTRUCTIONS = 0", f"LOOP_INSTRUCTIONS = {instructions}"),
        ("LOOP_FFMAS = 0", f"LOOP_FFMAS = {ffmas}"),
        ("CEILING = 0.0", f"CEILING = {share}"),
    )


def test_right(right, loop):
    said = right(NAME, *ROOF, *counted(loop.loop.instructions, loop.loop.fma))
    assert "of the FFMA peak at most: issue binds it" in said


@pytest.mark.parametrize(
    "place, value, message",
    [
        (0, "574.4", "an element has 4 of them"),
        (0, "71.8", "a multiply-add to count as two"),
        (1, "0.25", "what is written to count as well"),
        (2, "'13.9'", "RIDGE is 13.9; expected operations a second"),
        (2, "4.8 / 66.9", "expected operations a second over bytes a second"),
        (3, "'memory'", "CONV2D_IS_BOUND_BY is 'memory', but it is right of the ridge"),
        (4, "'arithmetic'", "RELU_IS_BOUND_BY is 'arithmetic', but it is left of the ridge"),
    ],
)
def test_a_wrong_roof(wrong, place, value, message):
    edits = [*ROOF]
    edits[place] = edits[place][0], f"{edits[place][0].partition(' = ')[0]} = {value}"
    assert message in wrong(NAME, *edits)


def test_the_whole_kernel_for_its_loop(wrong, loop):
    said = wrong(NAME, *ROOF, *counted(loop.instructions, loop.loop.fma))
    assert "LOOP_INSTRUCTIONS is" in said and "not of the whole kernel" in said


def test_a_miscount(wrong, loop):
    said = wrong(NAME, *ROOF, *counted(loop.loop.instructions, loop.loop.fma - 1))
    assert said.startswith(f"LOOP_FFMAS is {loop.loop.fma - 1}; expected from its label")


def test_instructions_for_an_ffma_as_the_share(wrong, loop):
    instructions, ffmas = loop.loop.instructions, loop.loop.fma
    said = wrong(NAME, *ROOF, *counted(instructions, ffmas, instructions / ffmas))
    assert said.startswith("CEILING is") and "FFMAs over all instructions" in said


def test_without_the_compiler_it_says_what_it_did_not_check(right, monkeypatch):
    def missing(launch, capability):
        raise gpu.CompilerMissing("the CUDA compiler's nvvm is missing: pip install this")

    monkeypatch.setattr(roofline.inspection, "inspect", missing)
    assert "Not checked are the numbers of the loop: the CUDA compiler's nvvm" in right(NAME, *ROOF)
