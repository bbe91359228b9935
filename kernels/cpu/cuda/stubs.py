"""numba.cuda.stubs: where editors find threadIdx and its like, and import them from."""

from crosscheck.kernels.cpu.language import lookalike

globals().update({n: item for n, item in vars(lookalike.cuda).items() if not n.startswith("__")})
