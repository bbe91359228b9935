"""Weights in safetensors files, under PyTorch's parameter names: PyTorch reads them too.

    nn.save(model.state_dict(), "model.safetensors")
    model.load_state_dict(nn.load("model.safetensors"))

Such a file holds only numbers and names: unlike a pickle, it cannot run code when it is read.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from crosscheck.kernels.arguments import reject
from crosscheck.kernels.dtypes import bfloat16
from crosscheck.nn.tensor import Tensor

FilePath = str | os.PathLike[str]

# safetensors' names. Its own reader for NumPy has no bfloat16.
_DTYPES = {f"{kind.upper()}{8 * size}": f"<{kind}{size}" for kind in "iu" for size in (1, 2, 4, 8)}
_DTYPES |= {"F16": "<f2", "F32": "<f4", "F64": "<f8", "BF16": bfloat16, "BOOL": "?", "C64": "<c8"}


def save(
    state_dict: Mapping[str, Tensor], path: FilePath, metadata: Mapping[str, str] | None = None
) -> None:
    """Write tensors under their names, and `metadata` (which the function of that name reads).

    An existing file is replaced only when the new one is complete, so an interruption leaves one
    or the other. Raises TypeError for a value that is not a tensor or a name that is not a string,
    ImportError without safetensors.
    """
    for name, tensor in state_dict.items():
        if not isinstance(name, str):
            reject("save", "name", name, "a string", TypeError)
        if not isinstance(tensor, Tensor):
            reject("save", name, type(tensor).__name__, "an nn.Tensor", TypeError)
    values = {name: np.array(each.numpy(), order="C") for name, each in state_dict.items()}
    content = _safetensors("save").numpy.save(values, dict(metadata) if metadata else None)
    target = Path(path)
    partial = target.with_name(f"{target.name}.part")
    try:
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def load(path: FilePath) -> dict[str, Tensor]:
    """Return the tensors of a file, on the CPU.

    Raises ValueError for a truncated file and for one that is not safetensors, FileNotFoundError
    where there is none, ImportError without safetensors.
    """
    return {name: Tensor(array) for name, array in _read(path)[0].items()}


def metadata(path: FilePath) -> dict[str, str]:
    """Return the strings that were saved with the tensors. Raises like `load`."""
    return _read(path)[1]


def _read(path: FilePath) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    library = _safetensors("load")
    content = Path(path).read_bytes()
    try:
        arrays = {name: _array(**each) for name, each in library.deserialize(content)}
        with library.safe_open(os.fspath(path), "numpy") as file:
            return arrays, file.metadata() or {}
    except (library.SafetensorError, KeyError, TypeError, ValueError) as problem:
        raise ValueError(
            f"load: {os.fspath(path)!r} is not a complete safetensors file of dtypes that NumPy"
            f" has: {problem}"
        ) from problem


def _array(dtype: str, shape: list[int], data: bytearray) -> np.ndarray:
    """Return the array of a file's bytes, which are little-endian. Raises KeyError."""
    array = np.frombuffer(data, _DTYPES[dtype]).reshape(shape)
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))


def _safetensors(op: str) -> ModuleType | Any:
    try:
        import safetensors.numpy
    except ImportError as missing:
        message = f"{op}: safetensors is not installed: pip install 'crosscheck-kernels[weights]'"
        raise ImportError(message) from missing
    return safetensors
