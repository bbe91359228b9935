"""What a program taught numba is known as soon as it did."""

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
def test_a_function_is_there_from_then_on(what):
    def own(*arguments): ...

    before = registered()
    assert registered() is before
    TEACH[what](own)
    assert own not in dict(before).values()
    assert own in [function for _, function in registered()]


def test_a_model_in_place_of_another(monkeypatch):
    before = registered()
    monkeypatch.setitem(default_manager._handlers, types.Opaque, Model)
    assert Model.as_data in [function for _, function in registered()]
    monkeypatch.undo()
    assert registered() == before


def test_nothing_is_left_of_what_a_test_taught():
    assert not [function for _, function in registered() if function.__module__ == __name__]
