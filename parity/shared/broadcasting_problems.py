"""Problems that add and mul share: every kind of broadcast, numbers, empty arrays, layouts."""

import numpy as np

from crosscheck.parity.problem import Problem, rejected, zeros

BROADCASTS = (
    ("same", "no broadcast", (3, 5), (3, 5)),
    ("scalars", "no dimension at all", (), ()),
    ("scalar-other", "one number for every output", (4, 3), ()),
    ("scalar-input", "one number: its gradient is a sum over all outputs", (), (4, 3)),
    ("one-element", "one dimension of 1 against two", (1,), (3, 4)),
    ("first", "the first dimension broadcast", (1, 3, 4), (2, 3, 4)),
    ("middle", "the middle dimension broadcast", (2, 3, 4), (2, 1, 4)),
    ("last", "the last dimension broadcast: stride 0 for neighbours", (2, 3, 4), (2, 3, 1)),
    ("leading", "a dimension that one operand lacks", (5, 3, 4), (3, 4)),
    ("leading-input", "dimensions that the input lacks", (4,), (2, 3, 4)),
    ("bias", "one number per channel", (2, 3, 4, 5), (3, 1, 1)),
    ("outer", "each broadcast along the other's dimension", (4, 1), (1, 5)),
    ("crossed", "both broadcast, in alternating dimensions", (1, 3, 1, 5), (2, 1, 4, 1)),
    (
        "six-axes",
        "six dimensions, none of which can be merged",
        (2, 1, 2, 1, 2, 1),
        (1, 3, 1, 3, 1, 3),
    ),
    ("empty", "no elements", (2, 0, 3), (2, 0, 3)),
    ("empty-broadcast", "a dimension of 1 broadcast to 0: its gradient is 0", (0, 3), (1, 3)),
    ("empty-one", "a dimension of 1 broadcast to 0", (1,), (0,)),
    *(
        (f"terms-{n}", "a gradient that sums around a block's size", (1,), (n,))
        for n in (255, 256, 257)
    ),
    ("tree", "a gradient long enough for the tree", (1,), (1100,)),
    ("block", "outputs around a block's size", (257,), (257,)),
)


def problems(op: str) -> tuple[Problem, ...]:
    """Return the problems of `op`, which takes `input` and `other`."""

    def problem(name: str, reason: str, input: object, other: object, **how: object) -> Problem:
        return Problem(op, name, reason, {"input": input, "other": other}, **how)

    grid = np.arange(12.0).reshape(3, 4) / 7
    turned = np.asfortranarray(grid[::-1])
    expanded = np.broadcast_to(grid[:, :1], (3, 4))
    number = {"input": (3, 5)}
    return (
        *(problem(*each) for each in BROADCASTS),
        *(
            problem(f"{layout}-{name}", f"every array {layout}", (2, 3, 4, 5), other, layout=layout)
            for layout in ("strided", "channels_last", "reversed")
            for name, other in (("same", (2, 3, 4, 5)), ("broadcast", (3, 1, 5)))
        ),
        problem("transposed", "memory orders that differ", grid, turned, layout="given"),
        problem("expanded", "an input with stride 0", expanded, grid, layout="given"),
        problem("expanded-other", "the other with stride 0", grid, expanded, layout="given"),
        Problem(op, "number", "a number in place of other", number, {"other": 3}),
        Problem(
            op, "rounded-number", "a number that no dtype holds exactly", number, {"other": 0.1}
        ),
        Problem(op, "number-first", "a number in place of input", {"other": (3, 5)}, {"input": -2}),
        *(
            problem(values, f"values: {values}", (4, 5), (4, 5), values=values)
            for values in ("nan", "infinities", "signed_zeros", "tiny")
        ),
    )


def rejects(op: str) -> tuple[Problem, ...]:
    """Return the bad input that `op` must refuse."""
    return (
        rejected(op, "shapes that do not fit", {"input": zeros(2, 3), "other": zeros(2, 4)}),
        rejected(op, "leading shapes that do not fit", {"input": zeros(2, 3), "other": zeros(2)}),
        rejected(op, "nothing against two", {"input": zeros(0), "other": zeros(2)}),
    )
