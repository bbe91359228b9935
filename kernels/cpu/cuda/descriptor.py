"""numba.cuda.descriptor for extensions: the contexts in which kernels are typed and lowered."""

from ..compiler.target import DESCRIPTION

cuda_target = DESCRIPTION
