"""Checked mode: a numba pass that puts a test in front of every array access and every barrier.

It works on numba's own representation of the kernel, so it sees each access with its variable and
its source line, in device functions too. A failed test notes the place and the index in the worker
record and raises; launch.py turns that into an IndexError that names kernel, array, index, thread.
"""

from llvmlite import ir
from numba.core import cgutils, postproc, types
from numba.core import ir as numba_ir
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import FunctionPass, register_pass
from numba.core.extending import intrinsic
from numba.core.ir_utils import build_definitions, guard, mk_unique_var
from numba.core.untyped_passes import IRProcessing
from numba.np.arrayobj import make_array

from kernels.cpu import atomics, context, lookalike, record, traits


def _note_site(builder, site) -> None:
    builder.store(site, context.slot(builder, context.thread(builder), record.SITE))


@intrinsic
def _at(typing_context, site):
    """Note which barrier the thread is about to wait at."""

    def lower(target, builder, signature, arguments):
        _note_site(builder, arguments[0])
        return target.get_dummy_value()

    return types.void(types.int64), lower


@intrinsic
def check(typing_context, array, index, site):
    """Raise IndexError unless array[index] is one of its elements; signed indices may wrap."""
    number_types = tuple(index) if isinstance(index, types.BaseTuple) else (index,)
    element = isinstance(array, types.Array) and all(
        isinstance(number, types.Integer) for number in number_types
    )

    def lower(target, builder, signature, arguments):
        if not element:  # a tuple's item, or a slice
            return target.get_dummy_value()
        index = arguments[1]
        numbers = (
            cgutils.unpack_tuple(builder, index)
            if isinstance(signature.args[1], types.BaseTuple)
            else [index]
        )
        view = make_array(array)(target, builder, arguments[0])
        extents = cgutils.unpack_tuple(builder, view.shape, array.ndim)
        _note_site(builder, arguments[2])
        outside = ir.Constant(ir.IntType(1), 0)
        wide = []
        for number, number_type, extent in zip(numbers, number_types, extents, strict=False):
            number = target.cast(builder, number, number_type, types.int64)
            wide.append(number)
            if number_type.signed:
                low = builder.icmp_signed("<", number, builder.neg(extent))
                high = builder.icmp_signed(">=", number, extent)
                outside = builder.or_(outside, builder.or_(low, high))
            else:
                outside = builder.or_(outside, builder.icmp_unsigned(">=", number, extent))
        with builder.if_then(outside, likely=False):
            worker = context.worker(builder)
            builder.store(arguments[2], context.slot(builder, worker, record.BAD_SITE))
            rank = ir.Constant(context.I64, len(wide))
            builder.store(rank, context.slot(builder, worker, record.BAD_RANK))
            for d, number in enumerate(wide):
                builder.store(number, context.slot(builder, worker, record.BAD_INDEX + d))
                builder.store(extents[d], context.slot(builder, worker, record.BAD_SHAPE + d))
            target.call_conv.return_user_exc(builder, IndexError, ("out of bounds",))
        return target.get_dummy_value()

    return types.void(array, index, types.int64), lower


_ATOMICS = {id(f) for f in (atomics.add, atomics.max, atomics.min, atomics.cas)}


@register_pass(mutates_CFG=False, analysis_only=False)
class InsertChecks(FunctionPass):
    """Insert the calls; they run before type inference, so they are typed like the rest."""

    _name = "insert_checks"

    def __init__(self):
        FunctionPass.__init__(self)

    def run_pass(self, state) -> bool:
        function = state.func_ir
        for block in function.blocks.values():
            body = []
            for statement in block.body:
                body.extend(self._before(function, block.scope, statement))
                body.append(statement)
            block.body = body
        function._definitions = build_definitions(function.blocks)
        postproc.PostProcessor(function).run()
        return True

    def _before(self, function, scope, statement) -> list:
        loc = statement.loc
        value = getattr(statement, "value", None)
        if isinstance(statement, numba_ir.SetItem):
            target, index = statement.target, statement.index
        elif isinstance(value, numba_ir.Expr) and value.op == "getitem":
            target, index = value.value, value.index
        elif isinstance(value, numba_ir.Expr) and value.op == "call":
            called = guard(_called, function, value)
            if called is lookalike.syncthreads:
                site = traits.current().site("cuda.syncthreads()", loc.line)
                return _call(scope, loc, _at, [], site)
            if id(called) not in _ATOMICS:
                return []
            target, index = value.args[:2]
        else:
            return []
        site = traits.current().site(target.unversioned_name, loc.line)
        return _call(scope, loc, check, [target, index], site)


def _called(function, call):
    """Return the object a call expression calls, through modules and attributes."""
    definition = function.get_definition(call.func)
    names = []
    while isinstance(definition, numba_ir.Expr) and definition.op == "getattr":
        names.append(definition.attr)
        definition = function.get_definition(definition.value)
    found = definition.value
    for name in reversed(names):
        found = getattr(found, name)
    return found


def _call(scope, loc, function, arguments: list, site: int) -> list:
    """Return the statements of `function(*arguments, site)`."""
    names = [scope.redefine(mk_unique_var(f"$check_{part}"), loc) for part in ("f", "site", "r")]
    callee, number, result = names
    call = numba_ir.Expr.call(callee, [*arguments, number], (), loc)
    return [
        numba_ir.Assign(numba_ir.Global(function.__name__, function, loc), callee, loc),
        numba_ir.Assign(numba_ir.Const(site, loc), number, loc),
        numba_ir.Assign(call, result, loc),
    ]


class CheckedCompiler(CompilerBase):
    """numba's usual pipeline, with the pass in it."""

    def define_pipelines(self):
        pipeline = DefaultPassBuilder.define_nopython_pipeline(self.state)
        pipeline.add_pass_after(InsertChecks, IRProcessing)
        pipeline.finalize()
        return [pipeline]
