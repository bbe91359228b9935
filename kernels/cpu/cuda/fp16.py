"""numba.cuda.fp16: the functions on float16."""

from ..language.sixteen_bit_floats import fp16

globals().update(fp16.MEMBERS)
