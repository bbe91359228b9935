"""Forward hooks against PyTorch's: the same calls, in the same order, with the same effect."""

import copy
import pickle
import warnings
from inspect import signature

import numpy as np
import pytest
import torch

from crosscheck import nn

BOTH = pytest.mark.parametrize("library", [nn, torch.nn], ids=["ours", "torch"])


def build(library, report, fails=False):
    """Return a module that reports its calls to `report`."""

    class Double(library.Module):
        def forward(self, x, *, plus=0):
            report(("forward", float(x), plus))
            if fails:
                raise KeyError("lost")
            return x * 2 + plus

    return Double()


def number(library, value):
    return (nn.tensor if library is nn else torch.tensor)(np.array(float(value)))


def reported(scenario, **options):
    """Return [(events, number of warnings)] of a scenario, in our library and in PyTorch."""
    results = []
    for library in (nn, torch.nn):
        events = []
        module = build(library, events.append, **options)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            scenario(module, number(library, 3), events.append)
        results.append((events, len(caught)))
    return results


def observe(module, x, report):
    module.register_forward_pre_hook(lambda m, args: report(("pre", m is module, len(args))))
    module.register_forward_hook(lambda m, args, y: report(("post", m is module, float(y))))
    report(float(module(x, plus=1)))


def change(module, x, report):
    module.register_forward_pre_hook(lambda m, args: args[0] + 1)
    module.register_forward_pre_hook(lambda m, args: (args[0] + 10,))
    module.register_forward_hook(lambda m, args, y: y + float(args[0]))
    report(float(module(x)))


def change_with_kwargs(module, x, report):
    def before(m, args, kwargs):
        return args, {"plus": kwargs["plus"] + 5}

    def after(m, args, kwargs, y):
        return y + kwargs["plus"]

    module.register_forward_pre_hook(before, with_kwargs=True)
    module.register_forward_pre_hook(lambda m, args, kwargs: report(kwargs), with_kwargs=True)
    module.register_forward_hook(after, with_kwargs=True)
    report(float(module(x, plus=1)))


def prepend(module, x, report):
    for name in "ab":
        for first in (False, True):
            label = name, first
            module.register_forward_pre_hook(
                lambda m, args, label=label: report(("pre", label)), prepend=first
            )
            module.register_forward_hook(
                lambda m, args, y, label=label: report(("post", label)), prepend=first
            )
    module(x)


def remove(module, x, report):
    first = module.register_forward_hook(lambda m, args, y: report("first"))
    with module.register_forward_pre_hook(lambda m, args: report("inside")):
        module(x)
    once = module.register_forward_hook(lambda m, args, y: once.remove() or report("once"))
    module(x)
    first.remove()
    first.remove()  # again is fine
    second = module.register_forward_hook(lambda m, args, y: report("second"))
    first.remove()
    module(x)
    second.remove()
    module(x)


def register_while_running(module, x, report):
    def before(m, args):
        m.register_forward_hook(lambda m, args, y: report("late"))

    module.register_forward_pre_hook(before)
    module(x)


@pytest.mark.parametrize(
    "scenario", [observe, change, change_with_kwargs, prepend, remove, register_while_running]
)
def test_hooks_are_torchs(scenario):
    ours, theirs = reported(scenario)
    assert ours == theirs and ours[0]


def always(module, x, report):
    def fail(m, args, y):
        report("fails")
        raise ValueError("silenced")

    module.register_forward_hook(lambda m, args, y: report("only after success"))
    module.register_forward_hook(lambda m, args, y: report(y), always_call=True)
    module.register_forward_hook(fail, always_call=True)
    with pytest.raises(KeyError, match="lost"):
        module(x)


def always_after_a_hook_that_fails(module, x, report):
    def fail(m, args, y):
        raise KeyError("a hook")

    module.register_forward_hook(lambda m, args, y: report("before"), always_call=True)
    module.register_forward_hook(fail, always_call=True)
    module.register_forward_hook(lambda m, args, y: report(float(y)), always_call=True)
    with pytest.raises(KeyError, match="a hook"):
        module(x)


@pytest.mark.parametrize(
    ("scenario", "fails"), [(always, True), (always_after_a_hook_that_fails, False)]
)
def test_always_call_is_torchs(scenario, fails):
    ours, theirs = reported(scenario, fails=fails)
    assert ours == theirs and len(ours[0]) == 3


@BOTH
def test_a_pre_hook_with_kwargs_must_return_a_pair(library):
    module = build(library, lambda event: None)
    module.register_forward_pre_hook(lambda m, args, kwargs: 1, with_kwargs=True)
    with pytest.raises(RuntimeError, match="pre-hook"):
        module(number(library, 1))


@BOTH
def test_a_module_inside_calls_its_hooks(library):
    model = library.Sequential(library.ReLU(), library.Flatten(0))
    seen = []
    model[0].register_forward_hook(lambda m, args, y: seen.append(type(m).__name__))
    model(number(library, 1))
    assert seen == ["ReLU"]


def negated(module, args, output):
    return output * -1


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
@BOTH
def test_copies_have_hooks_of_their_own(library, copied):
    module = library.ReLU()
    module.handle = module.register_forward_hook(negated)
    other = copied(module)
    module.handle.remove()
    x = number(library, 2)
    assert (float(module(x)), float(other(x))) == (2, -2)
    other.handle.remove()
    assert float(other(x)) == 2


@pytest.mark.parametrize("name", ["register_forward_hook", "register_forward_pre_hook"])
def test_signatures_are_torchs(name):
    kinds = [
        [(p.name, p.kind, p.default) for p in signature(getattr(each, name)).parameters.values()]
        for each in (nn.Module, torch.nn.Module)
    ]
    assert kinds[0] == kinds[1]
