"""Device functions are compiled once for all kernels in which they refer to the same things."""

import gc
import types
import weakref

import numpy as np
import pytest
from numba import cuda, int64
from numba.core.errors import TypingError
from numba.extending import overload

from crosscheck.kernels.cpu import BarrierError, jit
from crosscheck.kernels.cpu.compiler.copies import for_cpu
from crosscheck.kernels.cpu.functions.rebind import references
from crosscheck.kernels.cpu.options.tools import Instrumentation

step = 1
table = np.arange(4)


@jit(device=True)
def shifted(value):
    return value + step


@jit(device=True)
def twice_shifted(value):
    return 2 * shifted(value)


@jit(device=True)
def looked_up(i):
    return table[i]


@jit(device=True)
def countdown(n):
    return 0 if n == 0 else 1 + countdown(n - 1)


def copy_in(function, instrumentation=Instrumentation.NONE, flags=()):
    """Return the copy of a device function in a kernel of its own."""

    def kernel(x):
        x[0] = function(x[0])

    return references(for_cpu(kernel, instrumentation, flags))["function"]


@pytest.mark.parametrize("function", [shifted, twice_shifted, countdown])
def test_kernels_share_a_copy(function):
    assert copy_in(function) is copy_in(function)


def test_another_way_to_compile_is_another_copy():
    copies = {
        copy_in(shifted),
        copy_in(shifted, Instrumentation.BOUNDS),
        copy_in(shifted, flags=(("fastmath", True),)),
    }
    assert len(copies) == 3


def test_a_changed_global_is_another_copy_of_all_that_reach_it(monkeypatch):
    before = copy_in(twice_shifted)
    monkeypatch.setitem(globals(), "step", 2)
    assert copy_in(twice_shifted) is not before
    monkeypatch.undo()
    assert copy_in(twice_shifted) is before


def test_changed_code_is_another_copy(monkeypatch):
    before = copy_in(shifted)
    monkeypatch.setattr(shifted.py_func, "__code__", (lambda value: value + step).__code__)
    assert copy_in(shifted) is not before


def of_zero(function):
    """Return function(0) from a kernel of its own."""

    @jit
    def kernel(x):
        x[0] = function(0)

    x = np.zeros(1, np.int64)
    kernel[1, 1](x)
    return x[0]


def test_a_global_may_come_and_go(monkeypatch):
    @jit(device=True)
    def total(value):
        return value + later  # noqa: F821

    def refuse():
        with pytest.raises(TypingError, match="name 'later' is not defined"):
            of_zero(total)

    refuse()
    with monkeypatch.context() as patch:
        patch.setitem(globals(), "later", 5)
        assert of_zero(total) == 5
    refuse()


@jit(device=True)
def of_a_default(i, values=table):
    return values[i]


record = np.zeros(1, [("first", np.int64)])[0]


@jit(device=True)
def of_a_record(i):
    return record.first


@jit(device=True)
def of_a_tuple(i, pair=(table, 1)):
    return pair[0][i]


@pytest.mark.parametrize("function", [looked_up, of_a_default, of_a_tuple, of_a_record])
def test_an_array_whose_values_may_change_is_copied_with_each_kernel(function):
    assert of_zero(function) == 0
    table[0] = record["first"] = 7
    try:
        assert of_zero(function) == 7
    finally:
        table[0] = record["first"] = 0


def test_other_defaults_are_another_copy(monkeypatch):
    @jit(device=True)
    def more(value, by=1):
        return value + by

    assert of_zero(more) == 1
    monkeypatch.setattr(more.py_func, "__defaults__", (2,))
    assert of_zero(more) == 2


def test_an_object_may_change_between_kernels():
    scale = types.SimpleNamespace(by=1)

    @jit(device=True)
    def scaled(value):
        return value * scale

    assert copy_in(scaled) is not copy_in(scaled)


def test_an_overload_that_is_registered_later_is_found():
    def doubled(x): ...

    @jit(device=True)
    def plus_one(x):
        return doubled(x + 1)

    with pytest.raises(TypingError, match="doubled"):
        of_zero(plus_one)
    overload(doubled)(lambda x: lambda x: 2 * x)
    assert of_zero(plus_one) == 2


SCRIPT = """
@jit(device=True)
def read(i):
    return values[i]

@jit(device=True)
def shifted(i):
    return read(i) + step

@jit(device=True)
def of_module(i):
    return settings.width + step

@jit(device=True)
def count(n):
    return 0 if n == 0 else 1 + count(n - 1)
"""


@pytest.mark.parametrize(
    "name, values, most",
    [
        ("count", (), 1),
        ("read", (1, 2), 1),
        ("shifted", (1, 2), 8),  # with the last steps
        ("read", np.arange(2), 0),
        ("shifted", np.arange(2), 0),
        ("of_module", (), 0),
    ],
)
def test_copies_are_limited_and_freed_with_their_function(name, values, most):
    script = {"jit": jit, "values": values, "settings": types.ModuleType("settings")}
    exec(SCRIPT, script)
    made = []
    for step in range(20):
        script["step"] = step
        made.append(weakref.ref(copy_in(script[name])))
    gc.collect()
    assert len({id(ref()) for ref in made if ref()}) == most
    script.clear()
    gc.collect()
    assert not any(ref() for ref in made)


@pytest.mark.parametrize("kernels, functions", [(True, False), (False, True)])
def test_functions_defined_in_a_kernel_are_compiled_like_it(kernels, functions):
    @jit(device=True)
    def applied(function, value):
        return function(value)

    def divided(x):
        def by(y):
            return 8 // y

        return applied(by, x)  # called here, it would be inlined

    own = jit(device=True, debug=functions, opt=False)(divided)

    @jit(debug=kernels, opt=False)
    def kernel(x):
        x[0] = own(x[0])

    with pytest.raises(ZeroDivisionError):
        kernel[1, 1](np.zeros(1, np.int64))


def test_static_shared_arrays_have_offsets_of_their_own_in_every_kernel():
    @jit(device=True)
    def neighbour(value):
        own = cuda.shared.array(32, int64)
        own[cuda.threadIdx.x] = value
        cuda.syncthreads()
        return own[cuda.threadIdx.x ^ 1]

    def make(size):
        @jit
        def kernel(x):
            tile = cuda.shared.array(size, int64)
            t = cuda.threadIdx.x
            tile[t] = t
            x[t] = neighbour(100 + t) + tile[t] - t

        return kernel

    for size in (32, 64, 34):
        kernel = make(size)
        x = np.zeros(32, np.int64)
        kernel[1, 32](x)
        assert (x == 100 + (np.arange(32) ^ 1)).all()
        assert kernel.get_shared_mem_per_block(kernel.signatures[0]) == 8 * (size + 32)


def test_a_function_that_is_reached_twice_has_its_shared_array_once():
    @jit(device=True)
    def exchanged(value):
        own = cuda.shared.array(1, int64)
        before = own[0]
        own[0] = value
        return before

    @jit(device=True)
    def once_more(value):
        return exchanged(value)

    @jit
    def kernel(x):
        exchanged(x[0])
        x[1] = once_more(x[1])

    x = np.array([3, 4])
    kernel[1, 1](x)
    assert x[1] == 3
    assert kernel.get_shared_mem_per_block(kernel.signatures[0]) == 8


def test_what_a_function_waits_for_is_named_in_every_kernel():
    @jit(device=True)
    def meet():
        cuda.syncthreads()  # here

    def make(limit):
        @jit
        def kernel(x):
            if cuda.threadIdx.x < limit:
                meet()
            else:
                cuda.syncwarp()
            x[0] = 1

        return kernel

    here = meet.py_func.__code__.co_firstlineno + 2
    for limit in (4, 8):
        kernel = make(limit)
        with pytest.raises(BarrierError, match=f"{limit - 1} more wait at.*test_copies.py:{here}"):
            kernel[1, 32](np.zeros(1))
