"""One file with all that training needs to go on: weights, optimizer, schedule, what was seen."""

import json
from pathlib import Path
from typing import Any

from crosscheck import nn
from crosscheck.nn import serialization
from crosscheck.nn.optim import Optimizer
from crosscheck.nn.optim.lr_scheduler import LRScheduler


def save(
    path: Path, model: nn.Module, optimizer: Optimizer, schedule: LRScheduler, seen: dict[str, Any]
) -> None:
    """Write a checkpoint; `seen` is whatever JSON can hold."""
    state = optimizer.state_dict()
    tensors = model.state_dict(prefix="model.")
    numbers: dict[int, dict[str, Any]] = {}
    for parameter, values in state["state"].items():
        numbers[parameter] = {}
        for key, value in values.items():
            if isinstance(value, nn.Tensor):
                tensors[f"optimizer.{parameter}.{key}"] = value
            else:
                numbers[parameter][key] = value
    text = json.dumps(
        dict(
            seen=seen,
            schedule=schedule.state_dict(),
            groups=state["param_groups"],
            numbers=numbers,
        )
    )
    nn.save(tensors, path, {"training": text})


def load(
    path: Path, model: nn.Module, optimizer: Optimizer, schedule: LRScheduler
) -> dict[str, Any]:
    """Bring everything back to where `save` was, and return `seen`."""
    tensors = nn.load(path)
    rest = json.loads(serialization.metadata(path)["training"])
    state = {int(parameter): values for parameter, values in rest["numbers"].items()}
    weights = {}
    for name, tensor in tensors.items():
        kind, _, inner = name.partition(".")
        if kind == "model":
            weights[inner] = tensor
        else:
            parameter, key = inner.split(".")
            state[int(parameter)][key] = tensor
    model.load_state_dict(weights)
    optimizer.load_state_dict({"state": state, "param_groups": rest["groups"]})
    schedule.load_state_dict(rest["schedule"])
    return rest["seen"]
