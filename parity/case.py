"""One case of the parity suite: an operator, its inputs and options, and why it is there."""

import shlex
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

Shape = tuple[int, ...]

DTYPES = ("float32", "float64")
SHORT = ("float16", "bfloat16")
ALL_DTYPES = (*DTYPES, *SHORT)
_SAMPLE = 12  # one case in so many is run in one of SHORT, and one in the other
LAYOUTS = (
    "contiguous",
    "strided",
    "channels_last",
    "reversed",
    "transposed",
    "mixed",
    "given",
)


class _Strided(NamedTuple):
    """An array as it is pickled."""

    values: np.ndarray
    strides: tuple[int, ...]


def _kept(given: Shape | np.ndarray) -> Shape | _Strided:
    return _Strided(given, given.strides) if isinstance(given, np.ndarray) else given


def _restored(given: Shape | _Strided) -> Shape | np.ndarray:
    if not isinstance(given, _Strided):
        return given
    values, strides = given
    spans = [max(extent - 1, 0) * step for extent, step in zip(values.shape, strides, strict=True)]
    below = -sum(span for span in spans if span < 0)
    buffer = bytearray(below + sum(span for span in spans if span > 0) + values.itemsize)
    array = np.ndarray(values.shape, values.dtype, buffer, below, strides)
    array[...] = values
    return array


@dataclass(frozen=True, eq=False)
class Case:
    """One call of an operator, to be run in every direction, with every algorithm.

    op            the operator's name
    suite, name   the case's own name; no two cases of an operator share one in a suite
    reason        what the case would catch
    inputs        tensor arguments of PyTorch's function by name: a shape, to be filled with random
                  numbers, or a NumPy array, used as it is
    options       the function's other arguments
    layout        how every array of the case lies in memory; "mixed": each in a layout of its own;
                  "given": as the arrays came
    values        how a shape given as `input` is filled: see data.py
    special       which special values stand in which argument, or in "grad_output": see
                  special_values.py
    dtypes        what to run it in; `usual_dtypes` is what it is run in unless one is asked for
    given_dtype   of the tensors that nn.functional is given, where its argument `dtype` makes it
                  convert them to the case's dtype; "" where it does not
    rejects       for bad input, which PyTorch and nn.functional must refuse: what is wrong with it
    out_of_scope  for samples of PyTorch's: what they ask for that ours does not offer
    repro_flags   further flags of the command that repeats it, such as the seed of a random case
    data_name     cases of one `data_name` get the same random numbers; "" stands for `name`
    """

    op: str
    suite: str
    name: str
    reason: str
    inputs: Mapping[str, Shape | np.ndarray]
    options: Mapping[str, Any] = field(default_factory=dict)
    layout: str = "contiguous"
    values: str = "normal"
    special: Mapping[str, str] = field(default_factory=dict)
    dtypes: tuple[str, ...] = DTYPES
    given_dtype: str = ""
    rejects: str = ""
    out_of_scope: str = ""
    repro_flags: str = ""
    data_name: str = ""

    def __post_init__(self) -> None:
        if self.layout not in LAYOUTS:
            raise ValueError(f"layout is {self.layout!r}; expected one of {LAYOUTS}")

    def __getstate__(self) -> dict[str, Any]:
        """Return what is pickled, for a worker: an array alone would arrive without its strides."""
        kept = {name: _kept(each) for name, each in self.inputs.items()}
        return {**self.__dict__, "inputs": kept}

    def __setstate__(self, state: dict[str, Any]) -> None:
        inputs = {name: _restored(each) for name, each in state["inputs"].items()}
        self.__dict__.update(state, inputs=inputs)

    @property
    def seed(self) -> int:
        """The seed of the case's random numbers: a hash of its operator and name, not its suite."""
        return zlib.crc32(f"{self.op}/{self.data_name or self.name}".encode())

    @property
    def usual_dtypes(self) -> tuple[str, ...]:
        """The dtypes, but where there are others, those of 16 bits for a sample of the cases alone.

        What they add to the others is reading and writing: a few cases of an operator show it.
        """
        if set(self.dtypes) <= set(SHORT):
            return self.dtypes
        sampled = SHORT[self.seed % _SAMPLE : self.seed % _SAMPLE + 1]
        return tuple(each for each in self.dtypes if each not in SHORT or each in sampled)

    @property
    def repro(self) -> str:
        """The command that repeats this case in every usual dtype and algorithm."""
        return self.command()

    def command(self, dtype: str = "", device: str = "", algorithm: str = "") -> str:
        """Return the command, one line, that repeats this case."""
        words = ["python", "-m", "crosscheck.parity", "--suite", self.suite, "--op", self.op]
        words += [*shlex.split(self.repro_flags), "--case", self.name]
        for flag, value in (("dtype", dtype), ("device", device), ("algorithm", algorithm)):
            if value:
                words += [f"--{flag}", value]
        return shlex.join(words)
