"""cuda.cg.this_grid().sync(): a barrier of the whole grid."""

from numba.core import types
from numba.core.datamodel import models, register_default
from numba.core.extending import intrinsic
from numba.core.imputils import lower_builtin
from numba.core.typing.templates import AttributeTemplate, bound_function, infer_getattr

from ...functions import traits
from ...machine import context, layout
from .waiting import wait


class GridGroup(types.Opaque):
    """The type of the group of all threads of a launch."""

    def __init__(self) -> None:
        super().__init__("cuda.cg.GridGroup")


register_default(GridGroup)(models.OpaqueModel)


@intrinsic
def this_grid(typing_context):
    """Return the group of all threads of the launch."""

    def lower(target, builder, signature, arguments):
        traits.current().cooperative = True
        return target.get_dummy_value()

    return GridGroup()(), lower


@infer_getattr
class _GridGroupMethods(AttributeTemplate):
    key = GridGroup

    @bound_function("grid.sync")
    def resolve_sync(self, group, arguments, keywords):
        return types.int32()


@lower_builtin("grid.sync", GridGroup)
def _lower_sync(target, builder, signature, arguments, loc=None):
    builder.fence("seq_cst")  # for the blocks, which may have run on other cores
    wait(builder, layout.AT_GRID, "grid.sync()", loc)
    return context.I32(0)
