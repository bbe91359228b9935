"""A numba pass that puts a test and a hook in front of every array access.

It works on numba's own representation of the kernel, so it sees each access with its variable and
its source line, in device functions too, whether numba has inlined them by then or not. Before type
inference it inserts calls of the intrinsics below; they are typed with the rest, and know then what
the access is: memcheck.py tests the index, elements.py finds the elements, hooks.py tells the
runtime.
"""

from numba.core import ir as numba_ir
from numba.core import postproc, types
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import FunctionPass, register_pass
from numba.core.extending import intrinsic
from numba.core.ir_utils import build_definitions, get_definition, guard, mk_unique_var
from numba.core.untyped_passes import InlineInlinables

from kernels.cpu import traits
from kernels.cpu.language import atomics, cache_hints
from kernels.cpu.sanitizer import elements, hooks, memcheck
from kernels.cpu.sanitizer.source import called_by, name_of
from kernels.cpu.traits import Instrumentation


def _tells() -> bool:
    return traits.current().instrumentation == Instrumentation.ACCESSES


def _access(kind: int):
    """Make the intrinsic that stands in front of an access of this kind."""

    @intrinsic
    def access(typing_context, array, index, site):
        memcheck.axes(array, index)  # refuses here what it cannot test

        def lower(target, builder, signature, arguments):
            given = array, arguments[0], index, arguments[1]
            numbers = memcheck.test(target, builder, *given, arguments[2])
            if _tells():
                elements.tell(target, builder, *given, numbers, arguments[2].constant, kind)
            return target.get_dummy_value()

        return types.void(array, index, types.int64), lower

    return access


def _whole(kind: int):
    """Make the intrinsic that stands in front of an access to every element of an array."""

    @intrinsic
    def whole(typing_context, array, site):
        def lower(target, builder, signature, arguments):
            site = arguments[1].constant
            elements.tell_whole(target, builder, array, arguments[0], site, kind)
            return target.get_dummy_value()

        return types.void(array, types.int64), lower

    return whole


_load, _store, _atomic = (_access(kind) for kind in (hooks.LOAD, hooks.STORE, hooks.ATOMIC))
_load_whole, _store_whole = _whole(hooks.LOAD), _whole(hooks.STORE)

# Functions of cuda that access one element: what stands in front, what their arguments are called.
_ACCESSES = (
    {id(function): (_atomic, "ary", "idx") for function in atomics.INDEXED.values()}
    | {id(function): (_load, "array", "i") for function in cache_hints.LOADS.values()}
    | {id(function): (_store, "array", "i") for function in cache_hints.STORES.values()}
)


@register_pass(mutates_CFG=False, analysis_only=False)
class Instrument(FunctionPass):
    """Insert the calls."""

    _name = "instrument"

    def __init__(self):
        FunctionPass.__init__(self)

    def run_pass(self, state) -> bool:
        function = state.func_ir
        function._definitions = build_definitions(function.blocks)
        for block in function.blocks.values():
            body = []
            for statement in block.body:
                for called, *arguments in _before(function, statement):
                    body += _call(block.scope, statement.loc, called, arguments)
                body.append(statement)
            block.body = body
        function._definitions = build_definitions(function.blocks)
        postproc.PostProcessor(function).run()
        return True


def _before(function, statement):
    """Yield (intrinsic, *arguments) for what belongs in front of a statement."""
    value = getattr(statement, "value", None)
    op = value.op if isinstance(value, numba_ir.Expr) else ""

    def site(variable) -> int:
        return traits.current().site(name_of(function, variable), statement.loc)

    if isinstance(statement, (numba_ir.SetItem, numba_ir.StaticSetItem)):
        is_static = isinstance(statement, numba_ir.StaticSetItem)  # numba knows the index by now
        index = statement.index_var if is_static else statement.index
        yield _store, statement.target, index, site(statement.target)
        if _tells():  # y[:] = x reads x
            yield _load_whole, statement.value, site(statement.value)
    elif op == "getitem":
        yield _load, value.value, value.index, site(value.value)
    elif op == "static_getitem" and value.index_var:  # without one it unpacks a tuple
        yield _load, value.value, value.index_var, site(value.value)
    elif op == "call":
        called = guard(called_by, function, value)
        if called is atomics.compare_and_swap:  # its array's first element
            array = value.args[0] if value.args else dict(value.kws)["ary"]
            yield _atomic, array, 0, site(array)
        elif id(called) in _ACCESSES:
            before, *names = _ACCESSES[id(called)]
            given = dict(zip(names, value.args, strict=False)) | dict(value.kws)
            array, index = (given[name] for name in names)
            yield before, array, index, site(array)
        elif _tells() and (filled := guard(_filled, function, value)):
            yield _store_whole, filled, site(filled)


def _filled(function, call):
    """Return the variable x of a call x.fill(...); None for any other."""
    method = get_definition(function, call.func)
    is_fill = isinstance(method, numba_ir.Expr) and method.op == "getattr" and method.attr == "fill"
    return method.value if is_fill else None


def _call(scope, loc, function, arguments: list) -> list:
    """Return the statements of `function(*arguments)`; an integer becomes a constant."""
    statements, variables = [], []

    def variable(part: str, value) -> numba_ir.Var:
        name = scope.redefine(mk_unique_var(f"$instrument_{part}"), loc)
        statements.append(numba_ir.Assign(value, name, loc))
        return name

    for argument in arguments:
        is_constant = isinstance(argument, int)
        variables.append(
            variable("constant", numba_ir.Const(argument, loc)) if is_constant else argument
        )
    callee = variable("callee", numba_ir.Global("instrument", function, loc))
    variable("result", numba_ir.Expr.call(callee, variables, (), loc))
    return statements


class InstrumentedCompiler(CompilerBase):
    """numba's usual pipeline, with the pass in it."""

    def define_pipelines(self):
        pipeline = DefaultPassBuilder.define_nopython_pipeline(self.state)
        pipeline.add_pass_after(Instrument, InlineInlinables)
        pipeline.finalize()
        return [pipeline]
