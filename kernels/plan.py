"""A plan: what a call with arrays of these sizes and with these options does."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from crosscheck.kernels.dtypes import computed
from crosscheck.kernels.memory_format import channels_last, is_channels_last

Size = Sequence[int]
NOTHING: Mapping[str, Any] = MappingProxyType({})


class Output(NamedTuple):
    """An output: its size, and its dtype if that is not the dtype of the arrays.

    `computed` says that it has the dtype that kernels compute in: statistics beside 16-bit arrays.
    With `mixed`, one that is given may have that dtype: a gradient of a float32 weight.
    `like` names the array whose memory order it keeps. `nhwc` names arrays of images: where one of
    them has its channels last in memory, so has the output. Else it is C-contiguous.
    """

    size: Size
    dtype: Any = None
    like: str = ""
    nhwc: Sequence[str] = ()
    computed: bool = False
    mixed: bool = False

    def dtype_beside(self, arrays: np.dtype, given: Any = None) -> Any:
        """Return its dtype where the arrays have this one; `given`: the output, where it is."""
        real = computed(arrays)
        if self.computed or self.mixed and given is not None and given.dtype == real:
            return real
        return self.dtype or arrays

    def strides(self, known: Mapping[str, Any]) -> Size | None:
        """Return strides in the order that the output's memory has, None for C order.

        known: what has the shape and the strides of an array, by name.
        """
        if self.like:
            return known[self.like].strides
        arrays = (known[name] for name in self.nhwc)
        if any(is_channels_last(each.shape, each.strides) for each in arrays):
            return channels_last(self.size)
        return None


class Plan(NamedTuple):
    """What a call computes, known from sizes and options alone: PyTorch's compiler asks it, too.

    problem   what an algorithm is asked about and given: sizes and checked options
    outputs   the outputs, in order
    sizes     name -> the size that an array must have
    integers  name -> the dtypes that an array of integers may have; all others are floating
    computed  the arrays that have the dtype that kernels compute in, whichever the others have
    mixed     the arrays that may have that dtype, or the others'
    views     name -> the shape that kernels want of an array or an output, if it has another
    updated   the arrays that are updated in place
    checks    name -> what raises if the array has values that it may not have
    """

    problem: Any
    outputs: Sequence[Output] = ()
    sizes: Mapping[str, Size] = NOTHING
    integers: Mapping[str, Sequence[type]] = NOTHING
    computed: Sequence[str] = ()
    mixed: Sequence[str] = ()
    views: Mapping[str, Size] = NOTHING
    updated: Sequence[str] = ()
    checks: Mapping[str, Callable[[Any], None]] = NOTHING
