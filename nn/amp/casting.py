"""`torch.autocast`: inside, operators take their inputs in the dtype that `lists` has for them.

`nn.functional.apply` asks `cast` for the inputs of every operator. The casts are on the tape, so a
gradient arrives in the dtype of its parameter. The cast of a parameter is kept until the outermost
block ends: one that is used twice is converted once.
"""

import warnings
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from functools import wraps
from typing import Any, NamedTuple, Self

import numpy as np

from crosscheck.kernels.arguments import reject
from crosscheck.kernels.dtypes import SHORT, bfloat16, is_floating
from crosscheck.nn import tape
from crosscheck.nn.amp.lists import FLOAT32, REFUSED, SHORTER
from crosscheck.nn.devices import to
from crosscheck.nn.tensor import Tensor

DEFAULTS = {"cpu": bfloat16, "cuda": np.dtype(np.float16)}


class State(NamedTuple):
    """What holds in a block: for each device whether it casts, and to which dtype; the casts that
    are kept, by parameter, dtype and whether the tape records; whether new ones are; and what holds
    around the block.
    """

    enabled: Mapping[str, bool]
    dtypes: Mapping[str, np.dtype]
    kept: dict[tuple, tuple[tuple, Tensor]] | None
    keeps: bool
    around: "State | None"


OUTSIDE = State({}, DEFAULTS, None, True, None)
STATE: ContextVar[State] = ContextVar("autocast", default=OUTSIDE)


class autocast:  # noqa: N801
    """`torch.autocast`, for a `with` block or as a decorator; blocks may be nested.

    device_type    "cpu" or "cuda": the tensors of which it is for
    dtype          float16 or bfloat16; by default bfloat16 on "cpu", float16 on "cuda"
    enabled        False: run everything as it is given, in a block inside another
    cache_enabled  whether casts of parameters are kept until the outermost block ends

    Raises ValueError for another device, and warns for another dtype: nothing is then cast.
    """

    def __init__(
        self,
        device_type: str,
        dtype: Any = None,
        enabled: bool = True,
        cache_enabled: bool | None = None,
    ):
        self.device, self.cache_enabled = _device("autocast", device_type), cache_enabled
        self.dtype = get_autocast_dtype(self.device) if dtype is None else np.dtype(dtype)
        if enabled and self.dtype.type not in SHORT:
            text = f"autocast: dtype is {self.dtype.name}; expected float16 or bfloat16: disabled"
            warnings.warn(text, stacklevel=2)
            enabled = False
        self.enabled = enabled

    def __enter__(self) -> Self:
        now = STATE.get()
        STATE.set(
            State(
                {**now.enabled, self.device: self.enabled},
                {**now.dtypes, self.device: self.dtype},
                {} if now.kept is None else now.kept,
                now.keeps if self.cache_enabled is None else self.cache_enabled,
                around=now,  # not in self: several threads may run what it decorates
            )
        )
        return self

    def __exit__(self, *_: Any) -> None:
        STATE.set(STATE.get().around)

    def __call__(self, function: Callable) -> Callable:
        """Return a function that runs inside."""

        @wraps(function)
        def inside(*args: Any, **kwargs: Any) -> Any:
            with self:
                return function(*args, **kwargs)

        return inside


def is_autocast_enabled(device_type: str = "cuda") -> bool:
    """Whether tensors of this device are cast here. Raises ValueError for another device."""
    return STATE.get().enabled.get(_device("is_autocast_enabled", device_type), False)


def get_autocast_dtype(device_type: str) -> np.dtype:
    """The dtype that operators are cast to. Raises ValueError for another device."""
    return STATE.get().dtypes[_device("get_autocast_dtype", device_type)]


def cast(op: str, tensors: Mapping[str, Tensor | None]) -> Mapping[str, Tensor | None]:
    """Return the inputs of an operator as it is to take them: float64 and integers as they are.

    Raises RuntimeError for an operator that is not safe in 16 bits.
    """
    state = STATE.get()
    if not any(state.enabled.values()):
        return tensors
    device = next(each.device for each in tensors.values() if isinstance(each, Tensor))
    if not state.enabled.get(device, False):
        return tensors
    if op in REFUSED[device]:
        instead = f"{op}_with_logits, which is safe, or a block with enabled=False"
        reject(op, "autocast", True, instead, RuntimeError)
    if op in SHORTER[device]:
        dtype = state.dtypes[device]
    elif op in FLOAT32[device]:
        dtype = np.dtype(np.float32)
    else:
        return tensors
    return {name: _in_dtype(state, each, dtype) for name, each in tensors.items()}


def _in_dtype(state: State, tensor: Any, dtype: np.dtype) -> Any:
    """Return a tensor of a floating dtype but float64 in this dtype; a parameter's is kept."""
    if not isinstance(tensor, Tensor) or not is_floating(tensor.dtype):
        return tensor
    if tensor.dtype in (dtype, np.dtype(np.float64)):
        return tensor
    is_parameter = tensor.is_leaf and tensor.requires_grad
    if not state.keeps or dtype.type not in SHORT or not is_parameter:
        return to(tensor, dtype=dtype)
    key, now = (tensor, dtype, tape.is_recording()), (tensor.array, tensor.memory.version)
    before, made = state.kept.get(key, ((None, None), None))
    if before[0] is not now[0] or before[1] != now[1]:  # it was written to meanwhile
        made = to(tensor, dtype=dtype)
        state.kept[key] = now, made
    return made


def _device(op: str, device_type: Any) -> str:
    if device_type not in DEFAULTS:
        reject(op, "device_type", device_type, "'cpu' or 'cuda'")
    return device_type
