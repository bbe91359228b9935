"""Extensions of a script's own, through numba-cuda's modules for them."""

import numpy as np
from numba.core import types

from crosscheck.kernels.cpu import cuda
from crosscheck.kernels.cpu.cuda import cgutils, cudadecl, cudaimpl, extending, models
from crosscheck.kernels.cpu.cuda.descriptor import cuda_target


class Interval:
    def __init__(self, low, high): ...


class IntervalType(types.Type):
    def __init__(self):
        super().__init__(name="test_extending.Interval")


INTERVAL = IntervalType()


@extending.typeof_impl.register(Interval)
def typeof_interval(value, context):
    return INTERVAL


@extending.type_callable(Interval)
def type_interval(context):
    return lambda low, high: INTERVAL


@models.register_model(IntervalType)
class IntervalModel(models.StructModel):
    def __init__(self, manager, kind):
        super().__init__(manager, kind, [("low", types.float64), ("high", types.float64)])


extending.make_attribute_wrapper(IntervalType, "low", "low")
extending.make_attribute_wrapper(IntervalType, "high", "high")


@cudaimpl.lower(Interval, types.Float, types.Float)
def lower_interval(context, builder, signature, arguments):
    made = cgutils.create_struct_proxy(INTERVAL)(context, builder)
    made.low, made.high = arguments
    return made._getvalue()


@extending.overload_attribute(IntervalType, "width")
def interval_width(interval):
    return lambda interval: interval.high - interval.low


def test_a_type_with_a_constructor_and_attributes():
    @cuda.jit
    def kernel(out):
        interval = Interval(1.5, 4.0)
        out[0], out[1] = interval.width, interval.low

    out = np.zeros(2)
    kernel[1, 1](out)
    assert out.tolist() == [2.5, 1.5]


def test_the_registries_are_those_kernels_are_compiled_with():
    assert cuda_target.target_context.enable_nrt is False
    assert cudadecl.register == cudadecl.registry.register


def test_what_cuda_jit_made_is_recognized():
    assert extending.is_jitted(cuda.jit(lambda: None))
    assert extending.is_jitted(cuda.jit(lambda: None, device=True))
    assert not extending.is_jitted(len)
