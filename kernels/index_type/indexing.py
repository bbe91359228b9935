"""Arrays indexed with `index`, and `index` stored in arrays of integers."""

import operator

from numba.core import types
from numba.core.typing.templates import AbstractTemplate, infer_global

from crosscheck.kernels.index_type.number import IndexType


def _as_uintp(at: types.Type) -> types.Type:
    """Return the type of an array's index with uintp, numba's own, in place of each `index`."""
    if isinstance(at, types.BaseTuple):
        return types.Tuple([_as_uintp(each) for each in at])
    return types.uintp if isinstance(at, IndexType) else at


@infer_global(operator.getitem)
class _GetItem(AbstractTemplate):
    def generic(self, args, kws):
        array, at = args
        if not isinstance(array, types.Array) or _as_uintp(at) == at:
            return None
        return self.context.resolve_function_type(self.key, (array, _as_uintp(at)), {})


@infer_global(operator.setitem)
class _SetItem(AbstractTemplate):
    def generic(self, args, kws):
        array, at, value = args
        if not isinstance(array, types.Array):
            return None
        integers = isinstance(array.dtype, types.Integer)
        stored = array.dtype if isinstance(value, IndexType) and integers else value
        if _as_uintp(at) == at and stored == value:
            return None
        return self.context.resolve_function_type(self.key, (array, _as_uintp(at), stored), {})
