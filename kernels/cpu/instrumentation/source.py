"""What the source calls things: the variables and functions of numba's representation of it."""

import re

from numba.core import ir as numba_ir
from numba.core.ir_utils import get_definition, guard


def global_of(function, variable):
    """Return the global object that a variable is, through modules; None where it is none."""
    definition = guard(get_definition, function, variable)
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


# What numba calls a variable of a function that it has inlined: function_v<number>_<name>.
_INLINED = re.compile(r".*_v\d+_(.+)")


def _name(function, variable) -> str | None:
    """Return a variable's name in the source; None where the compiler made it up."""
    name, made_up = variable.unversioned_name, "$"
    inlined = _INLINED.fullmatch(name)
    if inlined and name not in function.func_id.code.co_varnames:
        name, made_up = inlined[1], "_v"  # the $ of before
    return None if name.startswith(made_up) else name


def name_of(function, variable, seen: frozenset[str] = frozenset()) -> str:
    """Return what the source calls an array: a name, or for a part of one, name[...]."""
    own = _name(function, variable)
    if own:
        return own
    names = set()
    for definition in function._definitions[variable.name]:  # several behind a conditional
        op = definition.op if isinstance(definition, numba_ir.Expr) else ""
        base, suffix = definition, ""
        if isinstance(definition, (numba_ir.Global, numba_ir.FreeVar)):
            names.add(definition.name)
        if op in ("getitem", "static_getitem"):
            base, suffix = definition.value, "[...]"
        elif op == "getattr":
            base, suffix = definition.value, f".{definition.attr}"
        if isinstance(base, numba_ir.Var) and base.name not in seen:
            names.add(name_of(function, base, seen | {variable.name}) + suffix)
    return names.pop() if len(names) == 1 else "an array"
