"""Weights in files: safetensors, which PyTorch's world reads too, under PyTorch's parameter names.

    nn.save(model.state_dict(), "model.safetensors")
    model.load_state_dict(nn.load("model.safetensors"))

Such a file is numbers and names alone: reading one runs no code of its author, unlike a pickle.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from crosscheck.kernels.arguments import reject
from crosscheck.nn.tensor import Tensor

Name = str | os.PathLike[str]


def save(
    state_dict: Mapping[str, Tensor], path: Name, metadata: Mapping[str, str] | None = None
) -> None:
    """Write tensors under their names and, beside them, strings that `metadata` reads.

    A file of that name is replaced once the new one is whole: whatever interrupts this leaves one
    or the other. Raises TypeError for what is no tensor, ImportError without safetensors.
    """
    for name, tensor in state_dict.items():
        if not isinstance(name, str):
            reject("save", "name", name, "a string", TypeError)
        if not isinstance(tensor, Tensor):
            reject("save", name, type(tensor).__name__, "an nn.Tensor", TypeError)
    values = {name: np.array(each.numpy(), order="C") for name, each in state_dict.items()}
    content = _safetensors("save").numpy.save(values, dict(metadata) if metadata else None)
    whole = Path(path)
    part = whole.with_name(f"{whole.name}.part")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(whole)
    finally:
        part.unlink(missing_ok=True)


def load(path: Name) -> dict[str, Tensor]:
    """Return the tensors of a file, on the CPU.

    Raises ValueError for a file that is cut off or no safetensors, FileNotFoundError for none,
    ImportError without safetensors.
    """
    return {name: Tensor(array) for name, array in _read(path)[0].items()}


def metadata(path: Name) -> dict[str, str]:
    """Return the strings that were saved beside the tensors. Raises as `load`."""
    return _read(path)[1]


def _read(path: Name) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    library = _safetensors("load")
    content = Path(path).read_bytes()
    try:
        arrays = library.numpy.load(content)
        with library.safe_open(os.fspath(path), "numpy") as file:
            return arrays, file.metadata() or {}
    except (library.SafetensorError, KeyError, TypeError, ValueError) as problem:
        raise ValueError(
            f"load: {os.fspath(path)!r} is no whole safetensors file of numbers that NumPy has:"
            f" {problem}"
        ) from problem


def _safetensors(op: str) -> ModuleType | Any:
    try:
        import safetensors.numpy
    except ImportError as missing:
        message = f"{op}: safetensors is not installed: pip install 'crosscheck[weights]'"
        raise ImportError(message) from missing
    return safetensors
