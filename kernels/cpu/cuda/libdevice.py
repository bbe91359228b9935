"""numba.cuda.libdevice: libdevice's functions."""

from crosscheck.kernels.cpu.language import libdevice

globals().update(libdevice.MEMBERS)
