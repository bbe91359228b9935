"""The loader finds everything of every operator, in the operator's own place."""

from types import SimpleNamespace

import pytest

from crosscheck.parity import operators
from crosscheck.parity.operators import FAULTS, LAYERS, OPERATORS, PROBLEMS, REJECTS
from crosscheck.parity.optimizers.steps import OPTIONS

KINDS = ("PROBLEMS", "LAYERS", "REJECTS", "FAULTS")
# Functions of one tensor of any dtype: PyTorch refuses none.
TAKE_ANYTHING = set("clone sigmoid tanh exp log sqrt rsqrt reciprocal square".split())


def test_every_operator_has_problems_bad_input_and_faults():
    for found in (PROBLEMS, FAULTS):
        assert {each.op for each in found} - set(OPTIONS) == set(OPERATORS)  # these are optimizers
    assert {each.op for each in REJECTS} - set(OPTIONS) == set(OPERATORS) - TAKE_ANYTHING


@pytest.mark.parametrize("name", OPERATORS)
def test_an_operator_s_place_holds_nothing_of_another(name):
    for module in operators._MODULES[name]:
        for kind in KINDS:
            assert all(each.op == name for each in getattr(module, kind, ()))


def test_nothing_is_found_twice():
    for found in (PROBLEMS + LAYERS + REJECTS, FAULTS):
        assert len({id(each) for each in found}) == len(found)


def test_operators_come_in_their_order_and_others_by_name():
    orders = [(each.order, name) for name, each in OPERATORS.items()]
    assert orders == sorted(orders) and list(OPERATORS)[:2] == ["conv2d", "max_pool2d"]


@pytest.mark.parametrize("defined", [(), ("relu",), ("relu", "relu6")])
def test_a_place_without_the_one_operator_of_its_name_is_refused(defined):
    modules = [SimpleNamespace(OPERATOR=SimpleNamespace(name=name)) for name in defined]
    with pytest.raises(ValueError, match="operators/relu6 defines .*; expected one OPERATOR"):
        operators._operator("relu6", modules)
