"""Extensions are found as soon as the user registers them."""

import pytest
from numba.core import types
from numba.core.datamodel import default_manager
from numba.extending import lower_cast, models, overload, overload_attribute

from crosscheck.kernels.cpu.compiler.extensions import registered


class Kind(types.Type):
    """A type of a program's own."""


class Model(models.PrimitiveModel):
    """A data model of a program's own."""

    def as_data(self, builder, value):
        return value


def of_a_program(): ...


TEACH = {
    "overload": lambda own: overload(of_a_program)(own),
    "attribute": lambda own: overload_attribute(Kind, "size")(own),
    "cast": lambda own: lower_cast(Kind, types.int64)(own),
}


@pytest.mark.parametrize("what", TEACH)
def test_a_function_is_found_from_then_on(what):
    def own(*arguments): ...

    before = registered()
    assert registered() is before
    TEACH[what](own)
    assert own not in dict(before).values()
    assert own in [function for _, function in registered()]


def test_a_replaced_model_is_found(monkeypatch):
    before = registered()
    monkeypatch.setitem(default_manager._handlers, types.Opaque, Model)
    assert Model.as_data in [function for _, function in registered()]
    monkeypatch.undo()
    assert registered() == before


def test_no_extension_of_a_test_is_left():
    assert not [function for _, function in registered() if function.__module__ == __name__]
