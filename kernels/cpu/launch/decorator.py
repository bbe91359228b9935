"""`jit`: numba.cuda.jit's counterpart for the CPU device.

@jit
def scale(x, y): ...                  # plain numba.cuda Python

scale[blocks, threads](x, y)          # NumPy arrays; returns when done
scale.forall(x.size)(x, y)            # as many blocks as x.size threads need

@jit("void(float32[:], float32[:])")  # compiled at once, for these types alone
def scale(x, y): ...
"""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

from numba.core.sigutils import is_signature

from ..functions.device_function import DeviceFunction
from ..options.jit_options import Options
from ..options.modes import Modes
from .dispatcher import Dispatcher

_OPTIONS = frozenset(item.name for item in fields(Options))
_MODES = frozenset(item.name for item in fields(Modes))


def jit(func_or_sig: Any = None, device: bool = False, **settings: Any) -> Any:
    """Return a kernel, or with device=True a device function. Works with and without parentheses.

    `func_or_sig` is the function, or what jit made of it, a signature, a list of signatures, or
    None. Settings are options of numba.cuda.jit (options/jit_options.py) and modes of launches
    (options/modes.py): `deterministic`, `seed`, `sanitize`. Raises TypeError for any other setting.
    """
    unknown = sorted(settings.keys() - _OPTIONS - _MODES)
    if unknown:
        known = ", ".join(sorted(_OPTIONS | _MODES))
        raise TypeError(f"jit: {unknown[0]} is not an option; expected {known}")
    options = Options(device, **{name: settings[name] for name in settings.keys() & _OPTIONS})
    modes = {name: value for name, value in settings.items() if name not in _OPTIONS}
    single, several = is_signature(func_or_sig), isinstance(func_or_sig, list)
    if func_or_sig is None or single or several:
        signatures = [func_or_sig] if single else func_or_sig or []
        return lambda function: _make(function, options, modes, signatures, single)
    if not callable(func_or_sig):
        expected = "a function, a signature or a list of signatures"
        raise TypeError(f"jit is given {func_or_sig!r}; expected {expected}")
    return _make(func_or_sig, options, modes, [], False)


def _make(
    function: Callable, options: Options, modes: dict, signatures: list, specialized: bool
) -> Any:
    function = getattr(function, "py_func", function)  # of what jit made already
    if options.device:
        return DeviceFunction(function, options, signatures)
    kernel = Dispatcher(function, options, **modes)
    return kernel.declare(signatures, specialized) if signatures else kernel
