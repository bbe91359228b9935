"""A plan: what a call with arrays of these sizes and with these options does."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

Size = Sequence[int]
NOTHING: Mapping[str, Any] = MappingProxyType({})


class Output(NamedTuple):
    """An output: its size, and its dtype where that is not the one of the arrays.

    `like` names the array whose order in memory the output keeps; "": it lies in C order.
    """

    size: Size
    dtype: Any = None
    like: str = ""


class Plan(NamedTuple):
    """What a direction makes of a call, before there is memory for it: PyTorch's compiler asks it,
    too, about sizes that may be symbols.

    problem   what the algorithms are asked about, and what they are given
    outputs   every output
    sizes     name -> the size that an array must have
    integers  name -> the dtypes that an array of integers may have; all others are floating
    views     name -> the shape in which kernels see an array or an output that has another one
    updated   the arrays that are written in place
    """

    problem: Any
    outputs: Sequence[Output] = ()
    sizes: Mapping[str, Size] = NOTHING
    integers: Mapping[str, Sequence[type]] = NOTHING
    views: Mapping[str, Size] = NOTHING
    updated: Sequence[str] = ()
