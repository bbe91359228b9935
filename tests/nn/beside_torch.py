"""One file of a model twice, with torch and with its imports changed, side by side.

How far may float32 be off? A sum of n products, in any order, is off by about sqrt(n) roundings of
its layer's size. So a copy of torch's model in float64 has random errors of that size added to the
output of every layer and to the gradient that comes back to it, and what they change at the far end
is the yardstick. It knows how the model amplifies errors, and that a bias before a batch norm has a
gradient of nothing but errors. In float64 all of it is 2^-29 times as large.
"""

import copy
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import torch

from crosscheck import nn

torch.set_num_threads(1)  # small models would spend their time waiting for threads

UNIT = {np.float32: 2.0**-24, np.float64: 2.0**-53}
# A layer adds products of both signs, whose roundings cancel: n are off by about sqrt(n) roundings,
# and most sums here have n <= 256. But what a mean sends back is the same for each pixel of a map:
# a bias adds up to 2 * 8 * 8 equal terms, whose roundings do not cancel, up to n / 2 of the sum.
ROUNDINGS = 16
ALIKE = 64
# Even where a result is one normal number and we make all those roundings, ours is over 4 times the
# largest of 8 copies once in 7500 times; with 2 copies it would be once in 27. In float64 the same
# allowance is 2^-29 as wide: no wrong formula hides there behind errors that a model amplifies.
COPIES = 8
SPREAD = 4

Results = dict[str, np.ndarray]


def moved(source: str) -> str:
    """Return the source with its imports of torch changed to ours, and nothing else."""
    source = re.sub(r"^import torch$", "import crosscheck.nn as torch", source, flags=re.M)
    return re.sub(r"^(import|from) torch\b", r"\1 crosscheck", source, flags=re.M)


def moved_to_torch(source: str) -> str:
    """Return the source with its imports of ours changed to torch, and nothing else."""
    source = re.sub(r"^from crosscheck\.nn import", "from torch import", source, flags=re.M)
    return re.sub(r"^(import|from) crosscheck\b", r"\1 torch", source, flags=re.M)


def load(path: Path, change: Callable[[str], str] = str) -> ModuleType:
    """Return the module of a file, its source changed."""
    module = ModuleType(path.stem)
    exec(compile(change(path.read_text()), path, "exec"), vars(module))
    return module


def assert_alike(ours: Any, theirs: torch.nn.Module, *shape: int) -> None:
    """Hold our model's outputs, gradients and buffers against torch's, with torch's weights.

    `shape` is that of the images. In train and eval mode, in float32 and float64.
    """
    _randomize_normalization(theirs)
    theirs.double()
    for training in (True, False):
        ours.train(training), theirs.train(training)
        images = torch.randn(shape, dtype=torch.float32).double()
        grad_output = torch.randn_like(theirs(images), dtype=torch.float32).double()
        state = {name: each.clone() for name, each in theirs.state_dict().items()}
        exact = _run(copy.deepcopy(theirs), images, grad_output)
        noisy = [_run(_with_errors(theirs), images, grad_output) for _ in range(COPIES)]
        for dtype, unit in UNIT.items():
            ours.to(dtype=dtype).load_state_dict(state)
            given = (nn.tensor(each.numpy().astype(dtype)) for each in (images, grad_output))
            computed = _run(ours, *given)
            assert computed.keys() == exact.keys(), computed.keys() ^ exact.keys()
            for name, expected in exact.items():
                error = np.abs(computed[name] - expected).max()
                off = max(np.abs(each[name] - expected).max() for each in noisy) / UNIT[np.float32]
                spread = SPREAD * (2 if dtype is np.float64 else 1)  # `exact` is as far off itself
                allowed = unit * (spread * off + ALIKE * np.abs(expected).max())
                mode = "training" if training else "evaluation"
                assert error <= allowed, f"{name}, {dtype.__name__}, {mode}: {error} > {allowed}"
                assert computed[name].dtype == dtype and computed[name].shape == expected.shape


def _run(model: Any, images: Any, grad_output: Any) -> Results:
    """Return the output, the gradients of the images and of all parameters, and the buffers."""
    images = images.detach()
    images.requires_grad = True
    for parameter in model.parameters():
        parameter.grad = None
    output = model(images)
    output.backward(grad_output)
    results = {"output": output, "images.grad": images.grad}
    results |= {
        f"{name}.grad": each.grad
        for name, each in model.named_parameters()
        if each.grad is not None
    }
    results |= {name: each for name, each in model.named_buffers() if "num_batches" not in name}
    return {name: each.detach().numpy().copy() for name, each in results.items()}


def _randomize_normalization(model: torch.nn.Module) -> None:
    """Give batch norms other weights and statistics than the ones and zeros they start with."""
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            for tensor in (module.weight.data, module.running_var):
                tensor.uniform_(0.5, 1.5)
            for tensor in (module.bias.data, module.running_mean):
                tensor.normal_(0, 0.1)


def _with_errors(model: torch.nn.Module) -> torch.nn.Module:
    """Return a copy with errors added to each layer's output and to the gradient that arrives."""

    def perturbed(tensor: torch.Tensor) -> torch.Tensor:
        size = ROUNDINGS * UNIT[np.float32] * tensor.detach().square().mean().sqrt()
        return tensor + size * torch.randn_like(tensor)

    def hook(module: torch.nn.Module, args: Any, output: Any) -> Any:
        if isinstance(output, tuple):  # of a layer that splits its input
            return tuple(hook(module, args, each) for each in output)
        if isinstance(module, torch.nn.BatchNorm2d) and module.training:
            # Means over the batch of elements, or of their squares, of which a running statistic
            # takes the part `momentum`: their errors are of the size of what they add.
            size = args[0].detach().square().mean().sqrt()
            error = ROUNDINGS * UNIT[np.float32] * module.momentum * size
            module.running_mean.data += error * torch.randn_like(module.running_mean)
            module.running_var.data += error * size * torch.randn_like(module.running_var)
        output = perturbed(output)
        if output.requires_grad:
            output.register_hook(perturbed)
        return output

    model = copy.deepcopy(model)
    for module in model.modules():
        if not list(module.children()) and not isinstance(module, torch.nn.Sequential):
            module.register_forward_hook(hook)
    return model
