"""What launches of a kind have in common: the key by which a kernel finds what it has prepared."""

from typing import Any

from crosscheck.kernels.kinds import Kinds, NoKind
from crosscheck.kernels.launch_modes import is_wide


def _of_stream(value: Any) -> type:
    """Return the kind of a configuration's part that is no integer: that of streams alone."""
    if value is None or hasattr(value, "ptr") or hasattr(value, "handle"):
        return type(value)
    raise NoKind


_CONFIGURATIONS = Kinds({}, other=_of_stream)
_ARGUMENTS = Kinds({}, other=type)  # floats and the like are written anew for each launch


def key_of(configuration: Any, arguments: tuple) -> tuple | None:
    """Return what launches of a kind have in common; None for what is not remembered."""
    if not isinstance(configuration, tuple):
        return None
    try:
        kinds = _CONFIGURATIONS.of(configuration)
    except NoKind:
        return None
    return is_wide(), *kinds, *_ARGUMENTS.of(arguments)


def is_fixed(value: Any) -> bool:
    """Return whether all launches of a kind have the same argument here: no array, no float."""
    if isinstance(value, tuple):
        return all(map(is_fixed, value))
    return type(value) is int
