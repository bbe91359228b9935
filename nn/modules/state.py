"""A model's state under PyTorch's names: its parameters and persistent buffers."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from crosscheck.kernels import arrays
from crosscheck.kernels.arguments import reject
from crosscheck.kernels.dtypes import is_floating
from crosscheck.nn.tensor import Tensor


class IncompatibleKeys(NamedTuple):
    """Names that the state_dict lacks, and names that the model lacks."""

    missing_keys: list[str]
    unexpected_keys: list[str]


class State:
    """The part of `Module` that saves and loads. A tensor shared by two modules has two names."""

    def state_dict(self, prefix: str = "") -> dict[str, Tensor]:
        """Return {path: tensor}; the tensors share the model's memory."""
        return {prefix + name: tensor.detach() for name, tensor in self._persistent()}

    def _persistent(self, prefix: str = "") -> Iterator[tuple[str, Tensor]]:
        for table in (self._parameters, self._buffers):
            for name, tensor in table.items():
                if tensor is not None and name not in self._non_persistent_buffers:
                    yield prefix + name, tensor
        for name, module in self._modules.items():
            if module is not None:
                yield from module._persistent(f"{prefix}{name}.")

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True
    ) -> IncompatibleKeys:
        """Copy tensors, arrays or PyTorch's tensors into the model's, converted to their dtype.

        Raises RuntimeError for missing or unexpected names (unless strict=False), wrong shapes and
        values that are not arrays of numbers; the message lists them all. Raises TypeError where
        `state_dict` is not a mapping. The model is unchanged then.
        """
        kind = type(self).__name__
        if not isinstance(state_dict, Mapping):
            reject(kind, "state_dict", type(state_dict).__name__, "a mapping", TypeError)
        tensors = dict(self._persistent())
        missing = [name for name in tensors if name not in state_dict]
        unexpected = [name for name in state_dict if name not in tensors]
        problems = []
        if strict and missing:
            problems.append(f"missing: {', '.join(missing)}")
        if strict and unexpected:
            problems.append(f"unexpected: {', '.join(map(str, unexpected))}")
        values = {name: _numeric_array(state_dict[name]) for name in tensors if name in state_dict}
        for name, value in values.items():
            if value is None:
                found = type(state_dict[name]).__name__
                problems.append(f"{name} is {found!r}; expected a tensor of numbers")
            elif value.shape != tensors[name].shape:
                problems.append(f"{name}.shape is {value.shape}; expected {tensors[name].shape}")
        if problems:
            raise RuntimeError(f"load_state_dict of {kind}: " + "\n    ".join(["", *problems]))
        for name, value in values.items():
            target = tensors[name].array
            tensors[name].memory.version += 1
            is_same_device = arrays.device(value) == arrays.device(target)
            host = value if is_same_device or isinstance(value, np.ndarray) else value.get()
            target[...] = arrays.namespace(target).asarray(host, target.dtype)
        return IncompatibleKeys(missing, unexpected)


def _numeric_array(value: Any) -> Any:
    """Return an array of real numbers, or None for anything else."""
    if isinstance(value, Tensor):
        return value.array
    if arrays.device(value) is None:
        if not hasattr(value, "__array__"):
            return None
        value = value.detach() if hasattr(value, "detach") else value
        if str(getattr(value, "dtype", "")) == "torch.bfloat16":  # no array of NumPy's
            value = value.float()
        value = np.asarray(value)
    return value if value.dtype.kind in "fiub" or is_floating(value.dtype) else None
