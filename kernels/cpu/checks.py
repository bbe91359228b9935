"""Checked mode: a numba pass that puts a test in front of every array access.

It works on numba's own representation of the kernel, so it sees each access with its variable and
its source line, in device functions too. A failed test notes the place and the index in the worker
record and raises; errors.py turns that into an IndexError that names kernel, array, index, thread.
"""

from llvmlite import ir
from numba.core import cgutils, postproc, types
from numba.core import ir as numba_ir
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import FunctionPass, register_pass
from numba.core.errors import TypingError
from numba.core.extending import intrinsic
from numba.core.ir_utils import build_definitions, get_definition, guard, mk_unique_var
from numba.core.untyped_passes import IRProcessing
from numba.np.arrayobj import make_array

from kernels.cpu import atomics, context, record, traits

OUT_OF_BOUNDS = ("out of bounds",)  # the arguments of our own IndexError


def _note_site(builder, site) -> None:
    builder.store(site, context.slot(builder, context.thread(builder), record.SITE))


def _axes(array: types.Type, index: types.Type) -> list[tuple[int, int]]:
    """Return (which item of the index, which axis of the array) for every integer in it.

    Raises TypingError for an access whose elements cannot be told from its index alone.
    """
    if isinstance(array, types.NumpyFlatType):
        raise TypingError("checked mode cannot test an access through .flat; index the array")
    if not isinstance(array, types.Array):
        return []  # a tuple's item
    items = tuple(index) if isinstance(index, types.BaseTuple) else (index,)
    if any(isinstance(item, types.Array) for item in items):
        raise TypingError("checked mode cannot test an index that is an array")
    if array.ndim > record.MAX_CHECKED:
        raise TypingError(f"checked mode tests arrays of at most {record.MAX_CHECKED} dimensions")
    places = list(range(len(items)))
    for number, item in enumerate(items):
        if isinstance(item, types.EllipsisType):  # what follows counts from the last axis
            skipped = array.ndim - (len(items) - 1)
            places[number + 1 :] = [place + skipped - 1 for place in places[number + 1 :]]
    integers = [n for n, item in enumerate(items) if isinstance(item, types.Integer)]
    return [(number, places[number]) for number in integers]


@intrinsic
def check(typing_context, array, index, site):
    """Raise IndexError unless array[index] is inside the array; signed indices may wrap."""
    axes = _axes(array, index)

    def lower(target, builder, signature, arguments):
        if not axes:
            return target.get_dummy_value()
        is_tuple = isinstance(index, types.BaseTuple)
        items = cgutils.unpack_tuple(builder, arguments[1]) if is_tuple else [arguments[1]]
        item_types = tuple(index) if is_tuple else (index,)
        view = make_array(array)(target, builder, arguments[0])
        extents = cgutils.unpack_tuple(builder, view.shape, array.ndim)
        _note_site(builder, arguments[2])
        outside = ir.Constant(ir.IntType(1), 0)
        noted = [arguments[2], context.I64(len(axes)), context.I64(0)]
        numbers = []
        for bit, (item, axis) in enumerate(axes):
            number = target.cast(builder, items[item], item_types[item], types.int64)
            numbers.append(number)
            extent = extents[axis]
            if item_types[item].signed:
                low = builder.icmp_signed("<", number, builder.neg(extent))
                high = builder.icmp_signed(">=", number, extent)
                outside = builder.or_(outside, builder.or_(low, high))
            else:
                outside = builder.or_(outside, builder.icmp_unsigned(">=", number, extent))
                noted[2] = context.I64(noted[2].constant | 1 << bit)
        with builder.if_then(outside, likely=False):
            worker = context.worker(builder)
            words = (record.BAD_SITE, record.BAD_RANK, record.BAD_UNSIGNED)
            for word, value in zip(words, noted, strict=True):
                builder.store(value, context.slot(builder, worker, word))
            for d, (number, (_, axis)) in enumerate(zip(numbers, axes, strict=True)):
                builder.store(number, context.slot(builder, worker, record.BAD_INDEX + d))
                builder.store(extents[axis], context.slot(builder, worker, record.BAD_SHAPE + d))
            target.call_conv.return_user_exc(builder, IndexError, OUT_OF_BOUNDS)
        return target.get_dummy_value()

    return types.void(array, index, types.int64), lower


_ATOMICS = {id(f) for f in atomics.INDEXED.values()}


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
            if called is atomics.compare_and_swap:
                return self._before_first(function, scope, value)
            if id(called) not in _ATOMICS:
                return []
            given = dict(zip(("ary", "idx"), value.args, strict=False)) | dict(value.kws)
            target, index = given["ary"], given["idx"]
        else:
            return []
        site = traits.current().site(_name(function, target), loc)
        return _call(scope, loc, check, [target, index], site)

    def _before_first(self, function, scope, call) -> list:
        """Check the first element of an array: what compare_and_swap is about."""
        array = call.args[0] if call.args else dict(call.kws)["ary"]
        zero = scope.redefine(mk_unique_var("$check_zero"), call.loc)
        site = traits.current().site(_name(function, array), call.loc)
        return [
            numba_ir.Assign(numba_ir.Const(0, call.loc), zero, call.loc),
            *_call(scope, call.loc, check, [array, zero], site),
        ]


def _called(function, call):
    """Return the global object a call expression calls, through modules; None for anything else."""
    definition = guard(get_definition, function, call.func)
    names = []
    while isinstance(definition, numba_ir.Expr) and definition.op == "getattr":
        names.append(definition.attr)
        definition = guard(get_definition, function, definition.value)
    if not isinstance(definition, (numba_ir.Global, numba_ir.FreeVar)):
        return None
    found = definition.value
    for name in reversed(names):
        found = getattr(found, name, None)
    return found


def _name(function, variable) -> str:
    """Return what the source calls an array: a name, or for a part of one, name[...]."""
    name = variable.unversioned_name
    if not name.startswith("$"):
        return name
    definition = guard(get_definition, function, variable)
    if isinstance(definition, numba_ir.Expr) and definition.op in ("getitem", "static_getitem"):
        return f"{_name(function, definition.value)}[...]"
    if isinstance(definition, numba_ir.Expr) and definition.op == "getattr":
        return f"{_name(function, definition.value)}.{definition.attr}"
    return "an array"


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
