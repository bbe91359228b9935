"""One problem of the parity suite: an operator, its inputs and options, and what it would catch."""

import shlex
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Shape = tuple[int, ...]

DTYPES = ("float32", "float64")
LAYOUTS = ("contiguous", "strided", "channels_last", "reversed", "given")


@dataclass(frozen=True, eq=False)
class Case:
    """One problem, whatever the direction, algorithm and device; a name is unique in suite and op.

    `inputs` maps the tensor arguments of PyTorch's function to a shape, filled from the case's own
    seed, or to a NumPy array, used as it is. `options` are its other arguments.
    `layout` says how every array of the case lies in memory ("given": as the arrays came);
    `values` how a generated `input` is filled (see data.py). A case with `rejects` holds bad
    arguments that PyTorch and `nn.functional` must both refuse; its text says which.
    `arrives` is the dtype of the tensors that nn.functional is given where it converts them, by its
    argument `dtype`, to the case's own, that of the kernels; "" where it does not.
    One with `outside` is PyTorch's own and asks for what ours does not promise; its text says what.
    `origin` holds further flags that recreate the case, such as the seed of a random one. Cases
    that share `data` draw the same numbers; without it the name decides.
    """

    op: str
    suite: str
    name: str
    reason: str
    inputs: Mapping[str, Shape | np.ndarray]
    options: Mapping[str, Any] = field(default_factory=dict)
    layout: str = "contiguous"
    values: str = "normal"
    dtypes: tuple[str, ...] = DTYPES
    arrives: str = ""
    rejects: str = ""
    outside: str = ""
    origin: str = ""
    data: str = ""

    def __post_init__(self) -> None:
        if self.layout not in LAYOUTS:
            raise ValueError(f"layout is {self.layout!r}; expected one of {LAYOUTS}")

    @property
    def seed(self) -> int:
        """The seed of the case's data: a stable hash of its operator and name, not of its suite."""
        return zlib.crc32(f"{self.op}/{self.data or self.name}".encode())

    @property
    def repro(self) -> str:
        """The command that runs this case alone, in every dtype and algorithm."""
        return self.command()

    def command(self, dtype: str = "", device: str = "", algorithm: str = "") -> str:
        """Return the one-line command that repeats this case."""
        words = ["python", "-m", "crosscheck.parity", "--suite", self.suite, "--op", self.op]
        words += [*shlex.split(self.origin), "--case", self.name]
        for flag, value in (("dtype", dtype), ("device", device), ("algorithm", algorithm)):
            if value:
                words += [f"--{flag}", value]
        return shlex.join(words)
