"""cuda.vectorize and cuda.guvectorize, also for numba's own with target="cuda"."""

from collections.abc import Callable, Iterable
from typing import Any

from .gufunc import CUDAGUFuncVectorize
from .ufunc import CUDAVectorize


def vectorize(ftylist_or_function: Any = (), target: str = "cuda", **kws: Any) -> Callable:
    """Return a decorator that turns a function of numbers into a ufunc (ufunc.py)."""
    _require_cuda(target)
    return lambda function: _built(CUDAVectorize(function, **_settings(kws)), ftylist_or_function)


def guvectorize(ftylist: Any, signature: str, target: str = "cuda", **kws: Any) -> Callable:
    """Return a decorator that makes a generalized ufunc (gufunc.py)."""
    _require_cuda(target)
    return lambda function: _built(
        CUDAGUFuncVectorize(function, signature, **_settings(kws)), ftylist
    )


def _require_cuda(target: str) -> None:
    if target != "cuda":
        raise ValueError(f"Unsupported target: {target}; expected 'cuda'")


def _settings(kws: dict) -> dict:
    """Return the arguments of a builder: its own settings, and the other options as one dict."""
    own = {name: kws[name] for name in ("identity", "cache", "writable_args") if name in kws}
    return own | {"targetoptions": {name: kws[name] for name in kws.keys() - own.keys()}}


def _built(builder: Any, signatures: str | Iterable) -> Callable:
    for signature in [signatures] if isinstance(signatures, str) else signatures:
        builder.add(signature)
    return builder.build_ufunc()
