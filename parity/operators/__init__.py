"""The operators. Each has one place: the file `<name>.py`, or a folder `<name>/` if that grew long.

All that parity knows of an operator is there. The modules below this folder are searched for

    OPERATOR    how its kernels and PyTorch's function are called, and the bounds of its results:
                see `Operator`. The module's docstring derives the bounds, as bounds.py explains
    PROBLEMS    named problems: edge cases, each with the reason for it
    SPECIAL_VALUES  names of PROBLEMS that the suites repeat with NaN, infinity, -0 ... in each
                argument: see special_values.py
    SPECIAL_KINDS   argument -> the kinds of those that it may hold, where PyTorch refuses others
    LAYERS      layers of real networks, too large for the suite `quick`
    REJECTS     bad input, which PyTorch and ours must refuse
    FAULTS      faults to plant in its kernels; `quick` must catch each

To add an operator, write its file, after the example of relu.py: there is no list to enter it in.
What several operators share is in parity/shared: sums of products take their bounds from sums.py.
"""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import walk_packages
from types import ModuleType

from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.operator import Operator
from crosscheck.parity.optimizers import faults
from crosscheck.parity.problem import Problem


def _modules() -> dict[str, list[ModuleType]]:
    """Return the modules of each operator by its name."""
    found: dict[str, list[ModuleType]] = {}
    for each in walk_packages(__path__, f"{__name__}."):
        name = each.name.removeprefix(f"{__name__}.").split(".")[0]
        found.setdefault(name, []).append(import_module(each.name))
    return found


def _operator(name: str, modules: list[ModuleType]) -> Operator:
    found = [each.OPERATOR for each in modules if hasattr(each, "OPERATOR")]
    names = [each.name for each in found]
    if names != [name]:
        raise ValueError(f"operators/{name} defines {names}; expected one OPERATOR of that name")
    return found[0]


def _collect(what: str) -> tuple:
    modules = (module for name in OPERATORS for module in _MODULES[name])
    return tuple(each for module in modules for each in getattr(module, what, ()))


def _named(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """Return the problems whose names SPECIAL_VALUES holds. Raises ValueError for another name."""
    names = {
        (op, name)
        for op, modules in _MODULES.items()
        for module in modules
        for name in getattr(module, "SPECIAL_VALUES", ())
    }
    found = tuple(each for each in problems if (each.op, each.name) in names)
    if unknown := names - {(each.op, each.name) for each in found}:
        raise ValueError(f"SPECIAL_VALUES has {sorted(unknown)}; expected names of PROBLEMS")
    return found


_MODULES = _modules()
_FOUND = [_operator(name, modules) for name, modules in _MODULES.items()]

OPERATORS: Mapping[str, Operator] = {
    each.name: each for each in sorted(_FOUND, key=lambda each: (each.order, each.name))
}
PROBLEMS: tuple[Problem, ...] = _collect("PROBLEMS")
SPECIAL_VALUES: tuple[Problem, ...] = _named(PROBLEMS)
SPECIAL_KINDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    name: module.SPECIAL_KINDS
    for name, modules in _MODULES.items()
    for module in modules
    if hasattr(module, "SPECIAL_KINDS")
}
LAYERS: tuple[Problem, ...] = _collect("LAYERS")
REJECTS: tuple[Problem, ...] = _collect("REJECTS")
FAULTS: tuple[Fault, ...] = _collect("FAULTS") + faults.FAULTS
