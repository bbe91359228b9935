"""Our side of a training run: the same as reference_training.py, with our nn."""

from collections.abc import Iterator, Mapping
from itertools import islice

import numpy as np

from crosscheck import nn
from crosscheck.parity.placement import to_device, to_host
from crosscheck.parity.training.drift import Step
from crosscheck.parity.training.models import Model


def train(
    model: Model, optimizer: str, dtype: str, device: str, initial: Mapping[str, np.ndarray]
) -> Iterator[Step]:
    """Train from the state `initial` and yield each of its steps, in arrays of its own."""
    module = model.build(nn).to(device, dtype)
    module.load_state_dict(initial)
    own = getattr(nn.optim, optimizer)(module.parameters(), **model.options(optimizer))
    for images, classes in islice(model.batches(), model.steps):
        logits = module(nn.tensor(to_device(images.astype(dtype), device)))
        loss = nn.functional.cross_entropy(logits, nn.tensor(to_device(classes, device)))
        own.zero_grad()
        loss.backward()
        own.step()
        parameters = {name: to_host(each.array).copy() for name, each in module.named_parameters()}
        yield float(loss.numpy()), parameters
