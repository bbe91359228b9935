"""numba.cuda.bf16: bfloat16 and the functions on it."""

from ..language.sixteen_bit_floats import bf16

globals().update(bf16.MEMBERS)
