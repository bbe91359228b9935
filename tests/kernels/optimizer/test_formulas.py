"""The formulas of one element: one parameter and a list of them are computed to the same bits."""

import ast
import inspect
import textwrap

import numpy as np
import pytest

from crosscheck.kernels.launch import sanitized
from crosscheck.kernels.optimizer import (
    adadelta,
    adagrad,
    adam_kernels,
    foreach,
    nadam,
    rmsprop,
    sgd,
)
from crosscheck.kernels.optimizer.rule import Rule

RULES = {
    adadelta.ADADELTA: dict(weight_decay=0.1),
    adagrad.ADAGRAD: dict(step=3, lr_decay=0.1, weight_decay=0.1),
    nadam.NADAM: dict(step=2, weight_decay=0.1, decoupled_weight_decay=True),
    rmsprop.RMSPROP: dict(momentum=0.9, centered=True, maximize=True),
}
FORMULAS = {"sgd": sgd.updated, "adam": adam_kernels.updated} | {
    rule.name: rule.formula for rule in RULES
}


def is_product(node: ast.expr) -> bool:
    if isinstance(node, ast.UnaryOp):
        return is_product(node.operand)
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult)


@pytest.mark.parametrize("name", FORMULAS)
def test_a_sum_of_two_products_says_which_of_them_is_fused(name):
    source = textwrap.dedent(inspect.getsource(FORMULAS[name].py_func))
    sums = [
        ast.unparse(node)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub)
        if is_product(node.left) and is_product(node.right)
    ]
    assert sums == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_list_has_the_bits_of_one_parameter_at_a_time(rule: Rule, dtype):
    def lists():
        random = np.random.default_rng(0)
        return {
            name: [random.random(size).astype(dtype) for size in (1, 5, foreach.CHUNK + 3)]
            for name in ("parameter", "gradient", *rule.state)
        }

    before, expected, found = lists(), lists(), lists()
    rule.foreach_step(expected, "direct", **RULES[rule])
    with sanitized():
        rule.foreach_step(found, "foreach", **RULES[rule])
    for name in found:
        for a, b, c in zip(found[name], expected[name], before[name], strict=True):
            np.testing.assert_array_equal(a, b)
            assert (a != c).all() == (name != "gradient")
