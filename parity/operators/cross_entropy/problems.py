"""cross_entropy problems: targets of both kinds, weights, smoothing, extreme logits."""

import numpy as np

from crosscheck.parity.case import Shape
from crosscheck.parity.problem import Problem, rejected, zeros

REDUCTIONS = ("none", "mean", "sum")


def _classes(shape: Shape) -> np.ndarray:
    """Return a class for every row of logits of `shape`, so that every class occurs."""
    axis = min(len(shape) - 1, 1)
    rows = shape[:axis] + shape[axis + 1 :]
    target = (3 * np.arange(int(np.prod(rows))) + 1) % max(shape[axis], 1)
    return target.reshape(rows)


def _entropy(
    name: str,
    reason: str,
    shape: Shape | np.ndarray,
    target: Shape | np.ndarray | None = None,
    weighted: bool = False,
    layout: str = "contiguous",
    values: str = "normal",
    **options: object,
) -> Problem:
    size = np.shape(shape) if isinstance(shape, np.ndarray) else shape
    inputs = {"input": shape, "target": _classes(size) if target is None else target}
    if weighted:
        inputs["weight"] = (size[min(len(size) - 1, 1)],)
    return Problem("cross_entropy", name, reason, inputs, options, layout, values)


def _kinds() -> tuple[Problem, ...]:
    """Return classes and probabilities with every reduction, weights and smoothing."""
    return tuple(
        _entropy(
            f"{kind}-{reduction}{'-weighted' * weighted}{'-smooth' * bool(smoothing)}",
            f"{kind}, reduction {reduction}",
            (4, 5),
            None if kind == "classes" else (4, 5),
            weighted,
            reduction=reduction,
            label_smoothing=smoothing,
        )
        for kind in ("classes", "probabilities")
        for reduction in REDUCTIONS
        for weighted in (False, True)
        for smoothing in (0.0, 0.1)
    )


IGNORED = np.array([[0, -1], [2, 1]])

PROBLEMS = (
    *_kinds(),
    _entropy("one-row", "logits of one dimension", (5,), np.asarray(3)),
    _entropy("one-row-probabilities", "logits of one dimension", (5,), (5,)),
    _entropy("one-class", "one class: the loss is 0", (4, 1)),
    _entropy("positions", "three dimensions", (2, 3, 4), weighted=True),
    _entropy("images", "four dimensions", (2, 3, 4, 5), label_smoothing=0.2),
    _entropy("images-none", "a loss for every pixel", (2, 3, 4, 5), reduction="none"),
    _entropy("images-probabilities", "four dimensions", (2, 3, 2, 4), (2, 3, 2, 4)),
    *(_entropy(f"classes-{n}", "around a block's size", (3, n)) for n in (127, 128, 129, 300)),
    _entropy(
        "classes-300-all",
        "every sum of a row needs the tree",
        (2, 300),
        weighted=True,
        label_smoothing=0.3,
    ),
    _entropy("probabilities-300", "every sum of a row needs the tree", (2, 300), (2, 300), True),
    _entropy(
        "classes-1025-all",
        "more than a warp's registers take",
        (2, 1025),
        weighted=True,
        label_smoothing=0.3,
    ),
    _entropy("probabilities-1025", "more than a warp takes", (2, 1025), (2, 1025), True),
    _entropy("classes-4097", "more than a block's registers take", (2, 4097)),
    *(_entropy(f"rows-{n}", "a mean around a block's size", (n, 2)) for n in (127, 128, 129, 300)),
    *(
        _entropy(
            f"ignored-{each}",
            "one target is ignored",
            (2, 3, 2),
            IGNORED,
            True,
            ignore_index=-1,
            reduction=each,
            label_smoothing=0.1,
        )
        for each in REDUCTIONS
    ),
    _entropy("ignored-class", "every target of one class is ignored", (6, 3), ignore_index=1),
    _entropy("ignored-default", "-100 is ignored by default", (4, 3), np.array([1, -100, 2, 0])),
    _entropy(
        "ignored-weighted",
        "an ignored target does not count in the sum of weights",
        (6, 3),
        np.array([0, 1, 2, 1, 0, 2]),
        True,
        ignore_index=1,
    ),
    _entropy(
        "ignored-smooth",
        "what smoothing hands to the classes is not for an ignored row",
        (6, 3),
        ignore_index=1,
        label_smoothing=0.1,
    ),
    _entropy(
        "ignored-all", "the mean of no rows is NaN, its gradient 0", (2, 3), np.array([-100] * 2)
    ),
    _entropy("no-rows", "the mean of no elements is NaN", (0, 3)),
    _entropy("no-rows-sum", "the sum of no elements is 0", (0, 3), reduction="sum"),
    _entropy("smooth-1", "the loss does not depend on the target", (4, 3), label_smoothing=1.0),
    _entropy(
        "large", "exp overflows unless the maximum is subtracted", np.array([[1e4, -1e4, 0.0]])
    ),
    _entropy("sure", "a loss near 0 keeps its digits", np.array([[0.0, 20.0, -5.0]])),
    _entropy("nan", "NaN makes its own row NaN", (4, 5), values="nan", reduction="none"),
    _entropy("infinities", "infinities of both signs", (4, 5), values="infinities"),
    _entropy(
        "masked",
        "a logit of -inf that is not the target's",
        np.array([[1.0, 2, -np.inf]]),
        np.array([0]),
    ),
    _entropy(
        "masked-smooth",
        "a logit of -inf that smoothing reads",
        np.array([[1.0, 2, -np.inf]]),
        np.array([0]),
        label_smoothing=0.1,
    ),
    *(
        _entropy(
            f"{layout}-{each}",
            f"every array {layout}",
            (2, 3, 4, 5),
            None,
            True,
            layout,
            reduction=each,
        )
        for layout in ("strided", "channels_last", "reversed")
        for each in ("none", "mean")
    ),
    _entropy(
        "masked-probabilities",
        "a logit of -inf: the loss and the gradient of its probability are infinite",
        np.array([[1.0, 2, -np.inf]]),
        np.array([[0.25, 0.25, 0.5]]),
    ),
    _entropy(
        "nan-probabilities",
        "NaN among the logits makes both gradients of its row NaN",
        (4, 5),
        (4, 5),
        values="nan",
        reduction="none",
    ),
    _entropy(
        "smooth-1-probabilities",
        "the loss does not depend on the target: its gradient is 0",
        (4, 3),
        (4, 3),
        label_smoothing=1.0,
    ),
    _entropy("no-rows-probabilities", "the mean of no elements is NaN", (0, 3), (0, 3)),
    _entropy("strided-probabilities", "every array strided", (3, 4, 2), (3, 4, 2), True, "strided"),
)
SPECIAL_VALUES = (
    "classes-none-weighted",
    "ignored-weighted",
    "ignored-sum",
    "ignored-class",
    "probabilities-none-weighted-smooth",
    "probabilities-mean-weighted",
)


def _bad(wrong: str, target: np.ndarray, weight: Shape = (3,), **options: object) -> Problem:
    inputs = {"input": zeros(2, 3), "target": target, "weight": zeros(*weight)}
    return rejected("cross_entropy", wrong, inputs, **options)


_GOOD = np.array([0, 1])

REJECTS = (
    _bad("a class too large", np.array([3, 0])),
    _bad("a negative class", np.array([0, -1])),
    _bad("too many targets", np.array([0, 1, 2])),
    _bad("targets of 32 bits", _GOOD.astype(np.int32)),
    _bad("floating classes", zeros(2)),
    _bad("integer probabilities", np.zeros((2, 3), np.int64)),
    _bad("a weight for every row", _GOOD, weight=(2,)),
    _bad("weights of two dimensions", _GOOD, weight=(1, 3)),
    _bad("smoothing above 1", _GOOD, label_smoothing=1.5),
    _bad("an unknown reduction", _GOOD, reduction="max"),
    _bad("a class to ignore among probabilities", zeros(2, 3), ignore_index=1),
    rejected("cross_entropy", "a scalar", {"input": zeros(), "target": zeros()}),
)
