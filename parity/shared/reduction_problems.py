"""Problems that sum and mean share: ways to name dimensions, the tree's edges, empty, layouts."""

import numpy as np

from crosscheck.parity.case import Shape
from crosscheck.parity.problem import Problem, rejected, zeros


def problems(op: str) -> tuple[Problem, ...]:
    """Return the problems of `op`, which takes `input`, `dim` and `keepdim`."""

    def row(
        name: str,
        reason: str,
        input: Shape | np.ndarray,
        layout: str = "contiguous",
        values: str = "normal",
        **options: object,
    ) -> Problem:
        return Problem(op, name, reason, {"input": input}, options, layout, values)

    cube = (2, 3, 4, 5)
    grid = np.arange(12.0).reshape(3, 4) / 7
    return (
        row("scalar", "no dimension at all", ()),
        row("scalar-dim", "the dimension 0 of a scalar", (), dim=-1, keepdim=True),
        row("all", "every dimension", (3, 5)),
        row("all-kept", "every dimension, kept", (3, 5), dim=None, keepdim=True),
        row("no-dims", "() stands for all", (3, 5), dim=(), keepdim=False),
        row("rows", "the last dimension: neighbours", (3, 5), dim=1),
        row("columns", "the first dimension: rows are apart", (3, 5), dim=0),
        row("middle", "dimensions on both sides are left", cube, dim=1),
        row("middle-kept", "a 1 in its place", cube, dim=1, keepdim=True),
        row("negative", "counted from the end", cube, dim=-3),
        row("two", "two dimensions side by side", cube, dim=(2, 3)),
        row("two-apart", "two dimensions apart", cube, dim=(0, 2)),
        row("two-apart-kept", "two dimensions apart, kept", cube, dim=(3, 1), keepdim=True),
        row("two-negative", "from either end, in any order", cube, dim=[-1, 0]),
        row("channels", "what batch norm adds up", cube, dim=(0, 2, 3), keepdim=True),
        row("six-axes", "every other dimension of six", (2, 3, 2, 3, 2, 3), dim=(0, 2, 4)),
        row("six-axes-kept", "the others, kept", (2, 3, 2, 3, 2, 3), dim=(1, 3, 5), keepdim=True),
        row("one", "one element in each: exact", (3, 1, 4), dim=1),
        *(row(f"terms-{n}", "around a block's size", (2, n), dim=1) for n in (255, 256, 257)),
        *(row(f"all-{n}", "one output, around a block's size", (n,)) for n in (255, 256, 257)),
        *(
            row(f"chosen-{n}", "where the default algorithm changes", (n,))
            for n in (1023, 1024, 1025)
        ),
        row("outputs-257", "outputs around a block's size", (257, 3), dim=1),
        row("power-of-two", "a mean without rounding", (4, 8), dim=1),
        row("no-terms", "sums of no elements", (3, 0), dim=1),
        row("no-terms-all", "the sum of no elements", (0,)),
        row("no-outputs", "no outputs", (3, 0), dim=0),
        row("no-terms-strided", "three axes of outputs, apart", (0, 7, 7, 7), "strided", dim=0),
        row("ones", "sums of one sign", (3, 300), values="constant", dim=1),
        *(
            row(values, f"values: {values}", (4, 5), values=values, dim=1)
            for values in ("nan", "infinities", "signed_zeros", "tiny")
        ),
        *(
            row(f"{layout}-{name}", f"every array {layout}", cube, layout, dim=dim, keepdim=keep)
            for layout in ("strided", "channels_last", "reversed")
            for name, dim, keep in (
                ("all", None, False),
                ("channels", (0, 2, 3), False),
                ("apart", (0, 2), True),
            )
        ),
        row("transposed", "columns first", np.asfortranarray(grid), "given", dim=1),
        row(
            "expanded", "stride 0 along the sum", np.broadcast_to(grid[:1], (3, 4)), "given", dim=0
        ),
        row(
            "expanded-kept", "stride 0 beside it", np.broadcast_to(grid[:1], (3, 4)), "given", dim=1
        ),
    )


def rejects(op: str) -> tuple[Problem, ...]:
    """Return the bad input that `op` must refuse."""

    def bad(wrong: str, dim: object, shape: Shape = (2, 3)) -> Problem:
        return rejected(op, wrong, {"input": zeros(*shape)}, dim=dim)

    return (
        bad("a dim too large", 2),
        bad("a dim too small", -3),
        bad("one dim of two too large", (0, 2)),
        bad("a dim twice", (1, 1)),
        bad("a dim twice in two ways", (1, -1)),
        bad("a fractional dim", 0.5),
        bad("a dim of a scalar", 1, ()),
    )
