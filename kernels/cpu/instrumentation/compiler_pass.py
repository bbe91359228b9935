"""A compiler pass of numba's that inserts a call before every access to an array.

It runs on numba's IR before type inference, where each access has its variable and its source line.
Device functions are instrumented, too, whether they have been inlined by then or not.
"""

from numba.core import ir as numba_ir
from numba.core import postproc
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import FunctionPass, register_pass
from numba.core.ir_utils import build_definitions, mk_unique_var
from numba.core.untyped_passes import InlineInlinables

from .accesses import calls_before


@register_pass(mutates_CFG=False, analysis_only=False)
class Instrument(FunctionPass):
    """Inserts the calls that accesses.py yields."""

    _name = "instrument"

    def __init__(self):
        FunctionPass.__init__(self)

    def run_pass(self, state) -> bool:
        function = state.func_ir
        function._definitions = build_definitions(function.blocks)
        for block in function.blocks.values():
            body = []
            for statement in block.body:
                for called, *arguments in calls_before(function, statement):
                    body += _call(block.scope, statement.loc, called, arguments)
                body.append(statement)
            block.body = body
        function._definitions = build_definitions(function.blocks)
        postproc.PostProcessor(function).run()
        return True


def _call(scope, loc, function, arguments: list) -> list:
    """Return the statements of `function(*arguments)`; numbers and strings become constants."""
    statements, variables = [], []

    def variable(role: str, value) -> numba_ir.Var:
        name = scope.redefine(mk_unique_var(f"$instrument_{role}"), loc)
        statements.append(numba_ir.Assign(value, name, loc))
        return name

    for argument in arguments:
        is_constant = isinstance(argument, (int, str))
        variables.append(
            variable("constant", numba_ir.Const(argument, loc)) if is_constant else argument
        )
    callee = variable("callee", numba_ir.Global("instrument", function, loc))
    variable("result", numba_ir.Expr.call(callee, variables, (), loc))
    return statements


class InstrumentedCompiler(CompilerBase):
    """numba's usual pipeline with this pass."""

    def define_pipelines(self):
        pipeline = DefaultPassBuilder.define_nopython_pipeline(self.state)
        pipeline.add_pass_after(Instrument, InlineInlinables)
        pipeline.finalize()
        return [pipeline]
