"""numba.cuda.stubs: where editors find threadIdx and its like, and import them from."""

from ..language import namespace

globals().update({n: item for n, item in vars(namespace.cuda).items() if not n.startswith("__")})
