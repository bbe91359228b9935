"""ModuleList and ModuleDict: what they hold, under which names, as torch's."""

import pytest
import torch

from crosscheck import nn


def of(library):
    return library.ModuleList([library.Linear(2, 3), library.ReLU()])


def changed(library):
    modules = of(library)
    modules.append(library.Linear(3, 4)).extend([library.Flatten()])
    modules.insert(1, library.Linear(3, 3))
    modules[0] = library.Linear(2, 3, bias=False)
    modules += [library.ReLU()]
    return modules


def named(library):
    modules = library.ModuleDict({"a": library.Linear(2, 3), "b": library.ReLU()})
    modules["c"] = library.Linear(3, 1)
    del modules["b"]
    modules.update([["d", library.Linear(1, 1)]])
    return modules


@pytest.mark.parametrize("make", [of, changed, named, lambda library: changed(library)[1:3]])
def test_names_and_order_are_torchs(make):
    ours, theirs = make(nn), make(torch.nn)
    assert list(ours.state_dict()) == list(theirs.state_dict())
    assert len(ours) == len(theirs) and type(ours).__name__ == type(theirs).__name__
    kinds = [[type(each).__name__ for each in modules.children()] for modules in (ours, theirs)]
    assert kinds[0] == kinds[1]


def test_a_dictionary_of_modules():
    modules = named(nn)
    assert list(modules) == list(modules.keys()) == ["a", "c", "d"] and "b" not in modules
    assert modules.pop("a") is not modules["c"] and len(modules.items()) == len(modules.values())


def test_a_place_out_of_range_is_named():
    with pytest.raises(IndexError, match="^ModuleList: index is 2; expected -2 to 1$"):
        of(nn)[2]
