"""A random case as a call that can be typed: the smallest form of a failing one, for `--case`.

    sum(input=(1, 7, 0), dim=(0,), layout='strided')
    cross_entropy(input=(1, 3), target=array((1,), (2,)))

A shape in place of a tensor is filled with random numbers; `array(shape, elements)` holds these
integers. `layout`, `values` and `data` are the case's own (see `Case`), all else is an option.
"""

import ast
from typing import Any

import numpy as np

from crosscheck.parity.case import Case
from crosscheck.parity.operators import OPERATORS

ARRAYS = {"array": np.int64, "booleans": np.bool_}
FIELDS = {"layout": "contiguous", "values": "normal", "data": ""}  # and what need not be written


def is_literal(text: str | None) -> bool:
    """Return whether `text` is a literal rather than a case's name or number."""
    return text is not None and text.endswith(")")


def write(case: Case) -> str:
    """Return the literal of a case."""
    arguments = {**case.inputs, **case.options}
    own = {"layout": case.layout, "values": case.values, "data": case.data_name}
    arguments |= {name: value for name, value in own.items() if value != FIELDS[name]}
    return f"{case.op}({', '.join(f'{name}={_text(each)}' for name, each in arguments.items())})"


def read(text: str) -> Case:
    """Return the case of a literal. Raises ValueError for what is none."""
    try:
        call = ast.parse(text, mode="eval").body
        op, () = call.func.id, call.args  # all arguments have names
        arguments = {each.arg: _value(each.value) for each in call.keywords}
        operator = OPERATORS[op]
        inputs = {name: arguments.pop(name) for name in operator.tensors if _is(name, arguments)}
    except (SyntaxError, AttributeError, KeyError, TypeError, ValueError) as error:
        expected = "a number, or a call such as \"relu(input=(2, 3), layout='strided')\""
        raise ValueError(f"case is {text!r}; expected {expected}") from error
    own = {name: arguments.pop(name, default) for name, default in FIELDS.items()}
    data = own.pop("data")
    return Case(op, "fuzz", text, "a smallest form", inputs, arguments, **own, data_name=data)


def _is(name: str, arguments: dict[str, Any]) -> bool:
    """Return whether the argument stands for a tensor: add's `other` may be a number."""
    return isinstance(arguments.get(name), (tuple, np.ndarray))


def _text(value: Any) -> str:
    if isinstance(value, np.ndarray):
        kind = next(name for name, dtype in ARRAYS.items() if value.dtype == dtype)
        return f"{kind}({value.shape}, {tuple(value.ravel().tolist())})"
    if value in (float("inf"), -float("inf")):
        return "1e999" if value > 0 else "-1e999"  # which Python reads as an infinity
    return repr(value)


def _value(node: ast.expr) -> Any:
    if isinstance(node, ast.Call):
        shape, elements = (ast.literal_eval(each) for each in node.args)
        return np.array(elements, ARRAYS[node.func.id]).reshape(shape)
    return ast.literal_eval(node)
