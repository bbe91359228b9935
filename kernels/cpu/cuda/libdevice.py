"""numba.cuda.libdevice: libdevice's functions."""

from kernels.cpu.language import libdevice

globals().update(libdevice.MEMBERS)
