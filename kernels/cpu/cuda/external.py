"""cuda.declare_device: the declaration of a function in CUDA C++ or PTX.

A kernel that calls it cannot be compiled, since there is nothing to link it with.
"""

from dataclasses import dataclass
from typing import Any

from numba.core.extending import typeof_impl
from numba.core.sigutils import normalize_signature
from numba.core.typing.templates import Signature, signature

from .unsupported import LINK


@dataclass(frozen=True)
class ExternFunction:
    """What declare_device returns."""

    name: str
    sig: Signature


def declare_device(
    name: str, sig: Any, link: Any = None, use_cooperative: bool = False, abi: str = "numba"
) -> ExternFunction:
    """Declare a function. Raises TypeError for a signature without a return type."""
    if abi not in ("numba", "c"):
        raise NotImplementedError(f"Unsupported ABI: {abi}; expected 'numba' or 'c'")
    arguments, result = normalize_signature(sig)
    if result is None:
        text = "Return type must be provided for device declarations"
        raise TypeError(f"{name}: {text}; the signature is {sig!r}")
    return ExternFunction(name, signature(result, *arguments))


@typeof_impl.register(ExternFunction)
def _refuse(function: ExternFunction, context: Any) -> None:
    raise NotImplementedError(f"{function.name} of cuda.declare_device: {LINK}")
