"""dropout problems: probabilities from 0 to 1, shapes around the four words of a counter."""

from typing import Any

from crosscheck.parity.case import Shape
from crosscheck.parity.problem import Problem, rejected, zeros


def _dropout(
    name: str,
    reason: str,
    input: Shape,
    layout: str = "contiguous",
    values: str = "normal",
    **options: Any,
) -> Problem:
    return Problem("dropout", name, reason, {"input": input}, options, layout, values)


PROBLEMS = (
    _dropout("default", "p = 0.5, training", (8, 13)),
    _dropout("p-tenth", "1 / (1 - p) is rounded", (8, 13), p=0.1),
    _dropout("p-nine-tenths", "most are dropped", (8, 13), p=0.9),
    _dropout("p-quarter", "a threshold below half", (8, 13), p=0.25),
    _dropout("p-three-quarters", "a threshold above half; scale 4", (8, 13), p=0.75),
    _dropout("p-0", "nothing is dropped", (8, 13), p=0.0),
    _dropout("p-1", "everything is dropped", (8, 13), p=1.0),
    _dropout("p-integer", "PyTorch takes 1", (8, 13), p=1),
    _dropout("p-tiny", "below the resolution of a random word", (8, 13), p=1e-12),
    _dropout("p-near-1", "a large scale", (8, 13), p=0.999),
    _dropout("eval", "nothing is dropped in evaluation", (8, 13), training=False),
    _dropout("eval-p-1", "not even with p = 1", (8, 13), p=1.0, training=False),
    _dropout("scalar", "no dimension at all", ()),
    *(_dropout(f"elements-{n}", "around a counter's four words", (n,)) for n in (1, 3, 4, 5)),
    *(_dropout(f"elements-{n}", "around a block's size", (n,)) for n in (1023, 1024, 1025)),
    _dropout("five-dimensions", "any rank", (2, 3, 1, 4, 2)),
    _dropout("zero-size", "nothing to do", (0, 3)),
    _dropout("nan-kept", "NaN stays NaN", (5, 6), values="nan"),
    _dropout("nan-dropped", "a dropped NaN stays NaN", (5, 7), values="nan"),
    _dropout("infinities", "a dropped infinity is NaN", (5, 6), values="infinities"),
    _dropout("zeros", "zeros keep their sign", (5, 6), values="signed_zeros"),
    _dropout("tiny", "subnormals are not flushed to 0", (5, 6), values="tiny"),
    *(
        _dropout(
            layout, f"the mask goes by position, not by memory: {layout}", (2, 3, 6, 5), layout
        )
        for layout in ("strided", "channels_last", "reversed")
    ),
)
SPECIAL_VALUES = ("default",)


def _wrong(wrong: str, dtype: str = "float32", **options: Any) -> Problem:
    return rejected("dropout", wrong, {"input": zeros(4, 5, dtype=dtype)}, **options)


REJECTS = (
    _wrong("a negative p", p=-0.1),
    _wrong("p over 1", p=1.5),
    _wrong("p over 1 in evaluation", p=1.5, training=False),
    _wrong("p that is no number", p=float("nan")),
    _wrong("p in words", p="0.5"),
    _wrong("no p", p=None),
    _wrong("training by number", training=1),
    _wrong("booleans", dtype="bool"),
)
