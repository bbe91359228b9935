"""Train one model with one optimizer, step by step beside PyTorch, and check how far they drift."""

from collections.abc import Iterator
from time import perf_counter

from crosscheck.parity import reference_training
from crosscheck.parity.case import Case
from crosscheck.parity.result import Result
from crosscheck.parity.training import ours
from crosscheck.parity.training.drift import Drift, Step, drifts
from crosscheck.parity.training.models import MODELS, Model

TRAINING = "training"  # in place of an algorithm: each operator chooses its own


class _Clock:
    """Iterates over the steps of a run and adds up the seconds they take."""

    def __init__(self, steps: Iterator[Step]) -> None:
        self.seconds = 0.0
        self._steps = steps

    def __iter__(self) -> Iterator[Step]:
        return self

    def __next__(self) -> Step:
        start = perf_counter()
        try:
            return next(self._steps)
        finally:
            self.seconds += perf_counter() - start


def check_training(case: Case, dtype: str, device: str, model: Model | None = None) -> Result:
    """Return the result of training the case's model, or the one given, with its optimizer.

    `error` is our largest distance from PyTorch's float64 run, `torch_error` that of PyTorch's
    float32 run (0 for a float64 case). The message says where ours first exceeded its limit, or
    which parameters are not compared.
    """
    model = model or MODELS[case.op]
    clock, found, failure = None, [], ""
    try:
        initial = reference_training.initial(model)
        clock = _Clock(ours.train(model, case.name, dtype, device, initial))
        exact = reference_training.train(model, case.name, "float64")
        theirs = None if dtype == "float64" else reference_training.train(model, case.name, dtype)
        compared = drifts(exact, clock, theirs)
        found = [drift for drift in compared if drift.name not in model.zero_gradient]
        failure = _failure(found)
    except Exception as error:  # a failing result, not the end of the run
        failure = f"{type(error).__name__}: {error}"
    left_out = "; ".join(f"{name} left out: {why}" for name, why in model.zero_gradient.items())
    worst = max(found, key=lambda drift: drift.share, default=Drift(0, "", 0.0, 0.0, 0.0))
    return Result(
        op=case.op,
        direction=case.name,
        algorithm=TRAINING,
        dtype=dtype,
        device=device,
        suite=case.suite,
        case=case.name,
        ok=not failure,
        error=max((drift.ours for drift in found), default=0.0),
        bound=worst.limit,
        share=worst.share,
        torch_error=max((drift.theirs for drift in found), default=0.0),
        seconds=clock.seconds if clock else 0.0,
        message=failure or left_out,
        repro=case.command(dtype, device),
        drift=_curves(found),
    )


def _failure(found: list[Drift]) -> str:
    beyond = [drift for drift in found if drift.share > 1]
    if not beyond:
        return ""
    first = beyond[0]
    return (
        f"too far from PyTorch's float64 run: first {first.name} after step {first.step}, "
        f"{first.ours:.1e} where {first.limit:.1e} is the limit; in all {len(beyond)} of "
        f"{len(found)} comparisons"
    )


def _curves(found: list[Drift]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the largest distance after each step, of our run and of PyTorch's."""
    steps: dict[int, tuple[float, float]] = {}
    for drift in found:
        mine, own = steps.get(drift.step, (0.0, 0.0))
        steps[drift.step] = max(mine, drift.ours), max(own, drift.theirs)
    return tuple(mine for mine, _ in steps.values()), tuple(own for _, own in steps.values())
