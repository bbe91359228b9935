"""Checkpoints: one file with weights, optimizer, scheduler and the progress of a training run."""

import json
from pathlib import Path
from typing import Any

from crosscheck import nn
from crosscheck.nn import serialization
from crosscheck.nn.optim import Optimizer
from crosscheck.nn.optim.lr_scheduler import LRScheduler


def save(
    path: Path,
    model: nn.Module,
    optimizer: Optimizer,
    scheduler: LRScheduler,
    progress: dict[str, Any],
) -> None:
    """Write a checkpoint; `progress` is anything that JSON can represent."""
    state = optimizer.state_dict()
    tensors = model.state_dict(prefix="model.")
    scalars: dict[int, dict[str, Any]] = {}
    for parameter, values in state["state"].items():
        scalars[parameter] = {}
        for key, value in values.items():
            if isinstance(value, nn.Tensor):
                tensors[f"optimizer.{parameter}.{key}"] = value
            else:
                scalars[parameter][key] = value
    text = json.dumps(
        dict(
            progress=progress,
            scheduler=scheduler.state_dict(),
            param_groups=state["param_groups"],
            scalars=scalars,
        )
    )
    nn.save(tensors, path, {"training": text})


def load(
    path: Path, model: nn.Module, optimizer: Optimizer, scheduler: LRScheduler
) -> dict[str, Any]:
    """Restore model, optimizer and scheduler as they were saved, and return `progress`.

    Raises OSError, KeyError, ValueError or RuntimeError for a file that is not their checkpoint.
    """
    tensors = nn.load(path)
    training = json.loads(serialization.metadata(path)["training"])
    state = {int(parameter): values for parameter, values in training["scalars"].items()}
    weights = {}
    for name, tensor in tensors.items():
        owner, _, rest = name.partition(".")
        if owner == "model":
            weights[rest] = tensor
        else:
            parameter, key = rest.split(".")
            state[int(parameter)][key] = tensor
    model.load_state_dict(weights)
    optimizer.load_state_dict({"state": state, "param_groups": training["param_groups"]})
    scheduler.load_state_dict(training["scheduler"])
    return training["progress"]
