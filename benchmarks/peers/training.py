"""PyTorch's training step of a model, on our arrays: as it comes, compiled, or as a CUDA graph.

Not run on a GPU yet: `_captured`, which follows PyTorch's notes on "Whole-network capture".
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from crosscheck.benchmarks.peers.torch_subjects import COMPILED, GRAPH
from crosscheck.benchmarks.training.graph import WARM
from crosscheck.benchmarks.training.models import MODELS
from crosscheck.benchmarks.training.steps import OPTIMIZER, Step
from crosscheck.parity import reference_training
from crosscheck.parity.own.tensors import lent


def theirs(
    name: str, dtype: str, device: str, peer: str, batch: Sequence[Any]
) -> tuple[Step, Callable[[], np.ndarray]]:
    """Return PyTorch's step of the model, and what returns its first parameter, on the host.

    peer    one of OF_STEPS
    batch   (images, classes) on the device, which a graph is captured with
    """
    model = MODELS[device][name]
    module = model.build(torch.nn).to(device, getattr(torch, dtype))
    initial = reference_training.initial(model)
    module.load_state_dict({key: torch.tensor(each) for key, each in initial.items()})
    optimizer = getattr(torch.optim, OPTIMIZER)(module.parameters(), **model.options(OPTIMIZER))
    first = next(module.parameters())
    forward = torch.compile(module) if peer == COMPILED else module

    def step(images: Any, classes: Any) -> Any:
        logits = forward(lent("images", images))
        loss = torch.nn.functional.cross_entropy(logits, lent("classes", classes))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.detach()

    made = _captured(step, batch) if peer == GRAPH else step
    return made, lambda: first.detach().cpu().numpy().copy()


def _captured(step: Step, batch: Sequence[Any]) -> Step:
    """Return a step that replays `step` from a CUDA graph, on a copy of each batch."""
    place, side = [lent("batch", each).clone() for each in batch], torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(WARM):
            step(*place)
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        loss = step(*place)

    def replay(*new: Any) -> Any:
        for own, each in zip(place, new, strict=True):
            own.copy_(lent("batch", each))
        graph.replay()
        return loss

    return replay
