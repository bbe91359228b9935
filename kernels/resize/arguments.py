"""The arguments of PyTorch's interpolate: its sizes and factors, from which the output's follow."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from crosscheck.kernels.arguments import integer, reject

OP = "interpolate"


class Resolved(NamedTuple):
    """What `interpolate.forward` is called with besides the images."""

    size: tuple[int, ...]
    factors: tuple[float, ...]
    mode: str
    align_corners: bool


def resolve(
    input: Sequence[int],
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Resolved:
    """Return the output's rows and columns for images of the size `input`, and the factors by which
    places scale: none where the sizes say it, as with `recompute_scale_factor`.

    Raises ValueError or TypeError where PyTorch rejects the arguments, and for `antialias`.
    """
    spatial = tuple(input[2:])
    if antialias:
        reject(OP, "antialias", antialias, "False: there are no kernels that smooth")
    if mode in ("nearest", "nearest-exact", "area") and align_corners is not None:
        reject(OP, "align_corners", align_corners, f"None with mode={mode!r}")
    if (size is None) == (scale_factor is None):
        reject(OP, "size", size, f"one of size and scale_factor; scale_factor is {scale_factor!r}")
    if size is not None:
        if recompute_scale_factor:
            reject(OP, "recompute_scale_factor", recompute_scale_factor, "no size with it")
        sizes = tuple(integer(OP, "size", each) for each in _each("size", size, spatial))
        return Resolved(sizes, (), mode, bool(align_corners))
    factors = tuple(_number(each) for each in _each("scale_factor", scale_factor, spatial))
    sizes = tuple(int(extent * each) for extent, each in zip(spatial, factors, strict=True))
    if any(rows < 1 <= before for rows, before in zip(sizes, spatial, strict=True)):
        expected = f"factors that leave at least 1 of each {spatial}"
        reject(OP, "scale_factor", scale_factor, expected)
    kept = () if recompute_scale_factor or mode == "area" else factors
    return Resolved(sizes, kept, mode, bool(align_corners))


def _each(name: str, value: Any, spatial: Sequence[int]) -> Sequence[Any]:
    if not isinstance(value, (list, tuple)):
        return [value] * len(spatial)
    if len(value) != len(spatial):
        reject(OP, name, value, f"one number or {len(spatial)}, one for each axis")
    return value


def _number(value: Any) -> float:
    if isinstance(value, bool) or not hasattr(value, "__float__"):
        reject(OP, "scale_factor", value, "a number", TypeError)
    return float(value)
