"""How a user's function is called: with what it has parameters for, its options as pairs."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from crosscheck.kernels.arguments import pair, reject

DEVICES = (None, "cpu", "cuda")
PAIRS = ("kernel_size", "stride", "padding", "dilation")


def parameters(function: Callable) -> tuple[str, ...] | None:
    """Return the names of a function's parameters, None if it takes any or does not tell."""
    try:
        found = inspect.signature(function).parameters.values()
    except ValueError:  # a builtin
        return None
    takes_any = any(each.kind is each.VAR_KEYWORD for each in found)
    return None if takes_any else tuple(each.name for each in found)


def require(what: str, given: Any, known: Sequence[Any]) -> None:
    """Raise ValueError for an argument of a decorator that is not one of `known`."""
    if given not in known:
        reject("register", what, given, f"one of {', '.join(map(repr, known))}")


def in_pairs(op: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return checked arguments with strides, paddings, dilations and window sizes as pairs.

    "same" stays the padding where that is more at the end than at the start.
    """
    found = dict(values)
    if found.get("stride", ...) is None:
        found["stride"] = found["kernel_size"]  # as pooling has it
    for name in PAIRS:
        if name in found and not isinstance(found[name], str):
            found[name] = pair(op, name, found[name], 0)
    if found.get("padding") == "valid":
        found["padding"] = (0, 0)
    if found.get("padding") == "same":
        weight = found["weight_size"] if "weight_size" in found else found["weight"].shape
        total = [d * (r - 1) for d, r in zip(found["dilation"], weight[2:], strict=True)]
        if not any(each % 2 for each in total):
            found["padding"] = (total[0] // 2, total[1] // 2)
    return found


def keep(name: str, returned: Any, outputs: Mapping[str, Any]) -> None:
    """Copy what a function returned to where it belongs.

    Raises ValueError unless there is a result for each output, of its dtype and shape: an
    assignment alone would broadcast, and round.
    """
    results: Sequence = returned if isinstance(returned, (tuple, list)) else (returned,)
    if len(results) != len(outputs):
        raise ValueError(f"{name} returned {len(results)} results; expected {len(outputs)}")
    for (key, out), result in zip(outputs.items(), results, strict=True):
        found, expected = _kind(result), _kind(out)
        if found != expected:
            raise ValueError(f"{name} returned {found} for {key}; expected {expected}")
        out[...] = result


def _kind(value: Any) -> str:
    dtype = getattr(value, "dtype", None)
    return f"{dtype} {tuple(value.shape)}" if dtype else type(value).__name__
