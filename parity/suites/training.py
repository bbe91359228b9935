"""Models trained with every optimizer, compared with PyTorch after every step."""

from collections.abc import Iterator

from crosscheck.parity.case import Case
from crosscheck.parity.training.models import MODELS, OPTIMIZERS, STEPS


def cases(**options: object) -> Iterator[Case]:
    """Yield one case for each model and optimizer; its name is the optimizer's."""
    for model in MODELS:
        for optimizer in OPTIMIZERS:
            reason = f"errors that accumulate over {STEPS} steps"
            yield Case(model, "training", optimizer, reason, {})
