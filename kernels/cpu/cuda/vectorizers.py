"""cuda.vectorize and cuda.guvectorize; numba's own with target="cuda" find their makers here."""

from collections.abc import Callable, Iterable
from typing import Any

from .gufunc import CUDAGUFuncVectorize
from .ufunc import CUDAVectorize


def vectorize(ftylist_or_function: Any = (), target: str = "cuda", **kws: Any) -> Callable:
    """Return what makes a function of arrays (ufunc.py) of a function of numbers."""
    _require_cuda(target)
    return lambda function: _built(CUDAVectorize(function, **_settings(kws)), ftylist_or_function)


def guvectorize(ftylist: Any, signature: str, target: str = "cuda", **kws: Any) -> Callable:
    """Return what makes a function of arrays (gufunc.py) of a function of their parts."""
    _require_cuda(target)
    return lambda function: _built(
        CUDAGUFuncVectorize(function, signature, **_settings(kws)), ftylist
    )


def _require_cuda(target: str) -> None:
    if target != "cuda":
        raise ValueError(f"Unsupported target: {target}; expected 'cuda'")


def _settings(kws: dict) -> dict:
    """Tell the makers' own settings from the options they refuse."""
    own = {name: kws[name] for name in ("identity", "cache", "writable_args") if name in kws}
    return own | {"targetoptions": {name: kws[name] for name in kws.keys() - own.keys()}}


def _built(maker: Any, signatures: str | Iterable) -> Callable:
    for signature in [signatures] if isinstance(signatures, str) else signatures:
        maker.add(signature)
    return maker.build_ufunc()
