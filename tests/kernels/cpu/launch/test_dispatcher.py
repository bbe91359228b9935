"""What programs use of numba-cuda's dispatcher: signatures, configurations, forall, queries."""

import enum
import io
import pickle
import types
from collections import namedtuple

import numpy as np
import pytest
from numba import cuda, njit
from numba.core.errors import TypingError
from numba.core.types import complex128, float32, float64, int32, void

from crosscheck.kernels.cpu import jit
from crosscheck.kernels.cpu.cuda import to_device


def add(out, x, y):
    out[0] = x + y


@jit
def scale(x, factor):
    i = cuda.grid(1)
    if i < x.size:
        x[i] *= factor


@pytest.mark.parametrize(
    "signature",
    [
        "(float32[:], int32)",
        "void(float32[:], int32)",
        (float32[:], int32),
        void(float32[:], int32),
    ],
)
def test_a_signature_compiles_at_once_and_casts_what_it_is_given(signature):
    kernel = jit(signature)(scale.py_func)
    assert kernel.signatures == [(float32[:], int32)]
    x = np.ones(4, np.float32)
    kernel[1, 4](x, 2**32 + 3)  # as C converts it
    assert (x == 3).all()
    assert len(kernel.overloads) == 1


def test_with_a_signature_other_arguments_are_refused():
    kernel = jit("(float32[:], int32)")(scale.py_func)
    with pytest.raises(TypeError, match=r"scale: No matching definition .*array\(float64"):
        kernel[1, 4](np.ones(4), 3)
    with pytest.raises(TypeError, match=r"scale: argument 1 is 2\.5; expected int32"):
        kernel[1, 4](np.ones(4, np.float32), 2.5)
    with pytest.raises(TypeError, match="scale takes 2 arguments; 1 were given"):
        kernel[1, 4](np.ones(4, np.float32))


def test_integers_of_the_declared_width_are_its_bits():
    x = np.arange(-2, 2)
    jit("(uint64[:], uint64)")(scale.py_func)[1, 4](x, 3)
    assert x.tolist() == [-6, -3, 0, 3]
    with pytest.raises(TypeError, match="No matching definition"):
        jit("(uint32[:], uint64)")(scale.py_func)[1, 4](x, 3)


def test_a_pickle_takes_the_signatures_along():
    for kernel in (
        jit("(float64[:], float64)")(scale.py_func),
        jit(launch_bounds=8)(scale.py_func),
    ):
        again = pickle.loads(pickle.dumps(kernel))
        assert (again.signatures, again.options) == (kernel.signatures, kernel.options)
        x = np.ones(2)
        again[1, 2](x, 2.0)
        assert (x == 2).all()


def test_a_configured_kernel_is_pickled_unless_it_has_callbacks():
    launch = scale[2, 3]
    again = pickle.loads(pickle.dumps(launch))
    assert (again.griddim, again.blockdim) == ((2, 1, 1), (3, 1, 1))
    launch.pre_launch_callbacks.append(print)
    with pytest.raises(pickle.PicklingError, match="configured launches with pre-launch callbacks"):
        pickle.dumps(launch)


def test_the_types_of_variables_for_each_choice_of_types(capsys):
    kernel = jit([(float32[:], float32), (complex128[:], complex128)])(scale.py_func)
    kernel.inspect_types()
    text = capsys.readouterr().out
    for number in (float32, complex128):
        kinds = number[:], number
        assert f"scale {kinds}" in text
        assert kernel.overloads[kinds]._type_annotation.typemap["x"] == number[:]
    kernel.overloads[kinds].inspect_types(file := io.StringIO())
    assert file.getvalue() in text


def test_of_several_signatures_the_best_is_taken_and_no_match_is_an_error():
    kernel = jit([(float32[:], float32, float32), (complex128[:], complex128, complex128)])(add)
    assert len(kernel.signatures) == 2
    out = np.zeros(1, complex)
    kernel[1, 1](out, 1, 2j)
    assert out[0] == 1 + 2j
    with pytest.raises(TypeError, match="No matching definition"):
        kernel[1, 1](np.zeros(1, np.int8), 1, 2)
    assert len(kernel.signatures) == 2


def test_of_several_signatures_the_one_that_loses_least_is_taken_and_a_tie_is_an_error():
    kernel = jit([(float64[:], float32, float64), (float64[:], float64, float32)])(add)
    out = np.zeros(1)
    kernel[1, 1](out, np.float32(0.5), 0.1)
    assert out[0] == 0.6
    with pytest.raises(TypeError, match="Ambiguous overloading for <function add "):
        kernel[1, 1](out, 0.1, 0.1)
    kernel = jit([(float64[:], float32, float32), (float32[:], float32, float32)])(add)
    kernel[1, 1](out, 0.5, 0.1)
    assert out[0] == np.float32(0.6)


def test_a_read_only_array_goes_to_a_declared_one_as_a_copy():
    x = np.ones(4, np.float32)
    x.flags.writeable = False
    jit("(float32[:], int32)")(scale.py_func)[1, 4](x, 3)
    assert (x == 1).all()


def test_an_array_that_is_not_aligned_goes_to_a_declared_one_and_comes_back():
    records = np.zeros(4, [("a", np.int8), ("x", np.float32)])
    records["x"] = 1
    assert not records["x"].flags.aligned
    jit("(float32[:], int32)")(scale.py_func)[1, 4](records["x"], 3)
    assert (records["x"] == 3).all()


def test_an_address_is_an_integer():
    @jit("(CPointer(float64), uint32)")
    def kernel(pointer, size):
        pointer[size - 1] = 5

    x = np.zeros(3)
    kernel[1, 1](x.ctypes.data, 3)
    assert x.tolist() == [0, 0, 5]


class Foreign:
    """An array of another library: nothing but its description."""

    def __init__(self, array):
        self.__cuda_array_interface__ = array.__cuda_array_interface__


@pytest.mark.parametrize("seen", [lambda array: array, Foreign])
def test_a_global_device_array_is_its_memory_not_its_values(seen):
    device = to_device(np.arange(6.0).reshape(2, 3))
    captured = seen(device[:, ::-1])

    @jit
    def kernel(out):
        out[0] = captured[1, 0]
        captured[0, 2] += 1

    out = np.zeros(1)
    for value in (5, 9):
        device[1, 2] = value
        kernel[1, 1](out)
        assert out[0] == value
    assert device[0, 0] == 2


def test_what_is_no_signature_is_refused():
    with pytest.raises(TypeError, match="jit is given 5; expected a function, a signature"):
        jit(5)
    with pytest.raises(TypeError, match="add: the signature returns float64; a kernel returns"):
        jit("float64(float64[:], float64, float64)")(add)
    with pytest.raises(TypingError):  # at once, not at the first launch
        jit("void(float64[:], float64[:])")(lambda x, y: x.nothing)


def test_a_device_function_with_a_signature_casts_its_arguments():
    @jit("int32(int32)", device=True)
    def whole(x):
        return x

    @jit
    def kernel(out, x):
        out[0] = whole(x)

    out = np.zeros(1)
    kernel[1, 1](out, 2.75)
    assert out[0] == 2


def test_a_function_of_the_host_for_declared_types_is_refused_as_on_a_gpu():
    @njit("int64(int64)")
    def twice(x):
        return 2 * x

    @jit
    def kernel(out):
        out[0] = twice(out[0])

    with pytest.raises(TypingError, match="'twice': using cpu function on device"):
        kernel[1, 1](np.ones(1, np.int64))


def test_a_kernel_and_numbas_own_functions_serve_as_device_functions():
    @jit
    def twice(x):
        return x + x

    @njit
    def plus_one(x):
        return x + 1

    @cuda.jit(device=True)
    def minus_two(x):
        return x - 2

    @jit
    def kernel(out):
        out[0] = minus_two(plus_one(twice(10)))

    out = np.zeros(1)
    kernel[1, 1](out)
    assert out[0] == 19


def test_device_functions_are_found_in_modules():
    module = types.ModuleType("helpers")
    module.twice = jit(lambda x: x + x, device=True)
    module.inner = types.ModuleType("inner")
    module.inner.cuda, module.inner.three = cuda, 3

    @jit
    def kernel(out):
        i = module.inner.cuda.grid(1)
        out[i] = module.twice(i) + module.inner.three

    out = np.zeros(3)
    kernel[1, 3](out)
    assert out.tolist() == [3, 5, 7]


@jit(device=True)
def apply(function, x):
    return function(x)


def test_a_function_defined_in_a_kernel_may_be_an_argument():
    @jit
    def kernel(out):
        def outer(x):
            return 2 * (x + cuda.threadIdx.x)

        out[cuda.grid(1)] = apply(outer, 5)

    out = np.zeros(2)
    kernel[1, 2](out)
    assert out.tolist() == [10, 12]


def test_jit_of_a_kernel_is_another_kernel_of_its_function():
    again = jit(jit(scale, launch_bounds=8))
    assert again.py_func is scale.py_func and again.overloads is not scale.overloads
    again[1, 9](x := np.ones(9), 3.0)
    assert (x == 3).all()


def test_forall():
    x = np.ones(1000)
    scale.forall(x.size)(x, 2.0)
    scale.forall(x.size, tpb=33)(x, 2.0)
    scale.forall(0)(x, 2.0)
    assert (x == 4).all()
    with pytest.raises(ValueError, match="negative task count: -1"):
        scale.forall(-1)
    with pytest.raises(TypeError, match=r"scale: ntasks is 8\.0; expected an integer"):
        scale.forall(8.0)
    with pytest.raises(ValueError, match="scale: tpb is -3; expected a number of threads"):
        scale.forall(8, tpb=-3)


def test_configure_is_the_same_as_brackets():
    x = np.ones(3)
    configured = scale.configure(1, 3)
    configured(x, 2.0)
    configured(x, 2.0)
    assert (x == 4).all()
    assert (configured.griddim, configured.blockdim) == ((1, 1, 1), (3, 1, 1))


def test_a_launch_without_a_configuration_is_refused():
    with pytest.raises(ValueError, match="configuration was not specified; expected scale.grid"):
        scale(np.ones(3), 2.0)
    with pytest.raises(TypeError, match="the launch is"):
        scale[1]


def test_launch_bounds_bound_the_launch():
    kernel = jit(launch_bounds=(64, 2))(scale.py_func)
    x = np.ones(65)
    kernel[1, 64](x, 2.0)
    with pytest.raises(ValueError, match="scale: block is 65; expected at most 64 threads"):
        kernel[1, 65]
    kernel.forall(65)(x, 2.0)
    assert x[0] == 4 and x[64] == 2
    assert kernel.get_max_threads_per_block() == {next(iter(kernel.overloads)): 64}


def test_specialize_makes_one_dispatcher_for_each_choice_of_types():
    kernel = jit(scale.py_func)
    special = kernel.specialize(float64[::1], float64)
    assert special is kernel.specialize(np.zeros(3), 1.0)
    assert special is not kernel.specialize(float32[::1], float64)
    x = np.ones(3)
    special[1, 3](x, 2)
    assert (x == 2).all()
    with pytest.raises(RuntimeError, match="already specialized"):
        special.specialize(x, 1.0)


@pytest.mark.parametrize("name", ["inspect_asm", "inspect_llvm", "get_regs_per_thread"])
def test_gpu_only_attributes_are_named(name):
    with pytest.raises(NotImplementedError, match=f"Dispatcher.{name}: .* no PTX"):
        getattr(scale, name)()


def test_an_unknown_attribute_is_an_attribute_error():
    assert not hasattr(scale, "no_such_thing")


def test_a_kernel_is_bound_as_a_method():
    class Holder:
        @jit(device=True)
        def helper(self):
            return self

        kernel = scale

    assert Holder.kernel is scale
    assert Holder().kernel.__self__.__class__ is Holder


class Colour(enum.IntEnum):
    RED = 3


Pair = namedtuple("Pair", "first second")


def test_complex_numbers_dates_records_enums_and_named_tuples_arrive():
    @jit
    def kernel(out, number, small, day, record, colour, pair):
        out[0] = number.real
        out[1] = number.imag
        out[2] = small.imag
        out[3] = day == day
        out[4] = record.a + record.b
        record.a = 9
        out[5] = colour == Colour.RED
        out[6] = pair.first[1] - pair.second

    out = np.zeros(7)
    fields = np.dtype([("a", np.int32), ("b", np.float64)], align=True)
    record = np.array([(1, 2.5)], fields)[0]
    pair = Pair(np.arange(2.0), np.uint8(3))
    values = 1.5 + 2j, np.complex64(4j), np.datetime64("2020-01-01"), record, Colour.RED, pair
    kernel[1, 1](out, *values)
    assert out.tolist() == [1.5, 2, 4, 1, 3.5, 1, -2]
    assert record["a"] == 9


def test_fortran_order_is_a_type_of_its_own():
    @jit
    def kernel(x, out):
        out[0] = x[0, 1]

    out = np.zeros(1)
    for x in (np.arange(6.0).reshape(2, 3), np.asfortranarray(np.arange(6.0).reshape(2, 3))):
        kernel[1, 1](x, out)
        assert out[0] == 1
    assert [kinds[0].layout for kinds in kernel.signatures] == ["C", "F"]


def test_extensions_see_every_argument_and_clean_up():
    seen, cleaned = [], []

    class Doubles:
        def prepare_args(self, ty, val, stream, retr):
            seen.append(ty)
            retr.append(lambda: cleaned.append(ty))
            return (ty, val * 2) if ty == float64 else (ty, val)

    x = np.ones(2)
    jit(extensions=[Doubles()])(scale.py_func)[1, 2](x, 2.5)
    assert (x == 5).all()
    assert seen == cleaned == [float64[::1], float64]


def test_callbacks_run_before_a_launch():
    calls = []
    configured = scale[1, 2]
    configured.pre_launch_callbacks.append(lambda kernel, shape: calls.append((kernel, shape)))
    configured(np.ones(2), 2.0)
    ((overload, shape),) = calls
    assert overload.argument_types == (float64[::1], float64)
    assert shape is configured
