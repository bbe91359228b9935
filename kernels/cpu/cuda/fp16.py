"""numba.cuda.fp16: the functions on float16."""

from crosscheck.kernels.cpu.language import fp16

globals().update(fp16.MEMBERS)
