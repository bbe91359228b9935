"""The names that variables and functions of numba's IR have in the source."""

import re

from numba.core import ir as numba_ir
from numba.core.ir_utils import get_definition, guard


def global_of(function, variable):
    """Return the global, or its attribute, that a variable refers to; None if it refers to none."""
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


# numba's name of a variable of an inlined function: function_v<number>_<name>.
_INLINED = re.compile(r".*_v\d+_(.+)")


def _name(function, variable) -> str | None:
    """Return a variable's name in the source, None for one that the compiler introduced."""
    name, introduced = variable.unversioned_name, "$"
    inlined = _INLINED.fullmatch(name)
    if inlined and name not in function.func_id.code.co_varnames:
        name, introduced = inlined[1], "_v"  # inlining replaces the $
    return None if name.startswith(introduced) else name


def name_of(function, variable, seen: frozenset[str] = frozenset()) -> str:
    """Return the name of an array in the source, "name[...]" for a part of it."""
    own = _name(function, variable)
    if own:
        return own
    names = set()
    for definition in function._definitions[variable.name]:  # several after a conditional
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
