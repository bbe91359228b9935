"""Arrays of these elements: indexed, they give float32 and take what converts to it.

numba lowers the access itself, with the element's data model. Only its type is another.
"""

import operator

from numba.core import types
from numba.core.typing import signature
from numba.core.typing.arraydecl import get_array_index_type
from numba.core.typing.templates import AbstractTemplate, infer_global

from crosscheck.kernels.storage_type.element import StorageType, read_as


class _GetItem(AbstractTemplate):
    def generic(self, args, kws):
        array, at = args
        if not isinstance(array, types.Array) or not isinstance(array.dtype, StorageType):
            return None
        found = get_array_index_type(array, at)
        return None if found is None else signature(read_as(found.result), array, found.index)


# numba takes the templates of a target before those of none, such as its own for all arrays.
for _target in ("cpu", "cuda"):
    _own = type(f"_GetItem_{_target}", (_GetItem,), {"metadata": {"target": _target}})
    infer_global(operator.getitem)(_own)
