"""PyTorch's training step of a model, on our arrays: as it comes, or compiled."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from crosscheck.benchmarks.training.steps import OPTIMIZER, Step
from crosscheck.parity import reference_training
from crosscheck.parity.own.tensors import lent
from crosscheck.parity.training.models import MODELS


def theirs(
    name: str, dtype: str, device: str, compiled: bool
) -> tuple[Step, Callable[[], np.ndarray]]:
    """Return PyTorch's step of the model, and what returns its first parameter, on the host."""
    model = MODELS[name]
    module = model.build(torch.nn).to(device, getattr(torch, dtype))
    initial = reference_training.initial(model)
    module.load_state_dict({key: torch.tensor(each) for key, each in initial.items()})
    optimizer = getattr(torch.optim, OPTIMIZER)(module.parameters(), **model.options(OPTIMIZER))
    first, forward = next(module.parameters()), torch.compile(module) if compiled else module

    def step(images: Any, classes: Any) -> Any:
        logits = forward(lent("images", images))
        loss = torch.nn.functional.cross_entropy(logits, lent("classes", classes))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.detach()

    return step, lambda: first.detach().cpu().numpy().copy()
