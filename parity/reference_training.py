"""PyTorch's side of a training run: the same model, initial weights and batches, step by step.

reference.py configures torch for this file, too. Arrays go in and come out as NumPy.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from typing import Any

import numpy as np
import torch

from crosscheck.parity import reference
from crosscheck.parity.training.models import Model

Step = tuple[float, dict[str, np.ndarray]]  # the loss before the step, the parameters after it


def initial(model: Model) -> dict[str, np.ndarray]:
    """Return PyTorch's initial state of the model, in float32, by name."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        module = model.build(torch.nn)
    return {name: each.numpy() for name, each in module.state_dict().items()}


def train(model: Model, optimizer: str, dtype: str) -> Iterator[Step]:
    """Train in `dtype` and yield each of its steps, in arrays of its own."""
    reference.assert_native()
    kind = getattr(torch, dtype)
    module = model.build(torch.nn).to(kind)
    module.load_state_dict({name: torch.tensor(each) for name, each in initial(model).items()})
    own = getattr(torch.optim, optimizer)(module.parameters(), **model.options(optimizer))
    for images, classes in islice(model.batches(), model.steps):
        logits = module(torch.tensor(images, dtype=kind))
        loss = torch.nn.functional.cross_entropy(logits, torch.tensor(classes))
        own.zero_grad()
        loss.backward()
        with _counting_in_float64():
            own.step()
        parameters = {
            name: each.detach().numpy().copy() for name, each in module.named_parameters()
        }
        yield loss.item(), parameters


def optimizer_step(
    optimizer: str,
    before: Mapping[str, np.ndarray],
    options: Mapping[str, Any],
    counts: Mapping[str, float],
    state: Iterable[str],
) -> dict[str, np.ndarray]:
    """Return the parameter and the arrays `state` after a step, in the dtype of `before`.

    `before` holds "parameter", "gradient" and the state by PyTorch's names, but for a first step,
    and `counts` the numbers of the state. The step is that of one tensor at a time, without the
    fused kernels.
    """
    tensors = {name: torch.tensor(each) for name, each in before.items()}
    parameter = torch.nn.Parameter(tensors.pop("parameter"))
    parameter.grad = tensors.pop("gradient")
    own = getattr(torch.optim, optimizer)([parameter], foreach=False, **options)
    numbers = {name: torch.tensor(each, dtype=torch.float64) for name, each in counts.items()}
    own.state[parameter].update(tensors | numbers)
    with _counting_in_float64():
        own.step()
    after = {name: own.state[parameter][name].numpy() for name in state}
    return {"parameter": parameter.detach().numpy(), **after}


@contextmanager
def _counting_in_float64() -> Iterator[None]:
    """Make NAdam keep the product of its momenta, a number, in float64, as ours does.

    Its dtype is PyTorch's default: float32, else, even where the parameters are float64.
    """
    default = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        yield
    finally:
        torch.set_default_dtype(default)
