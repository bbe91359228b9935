"""numba.cuda.libdevice: libdevice's functions."""

from ..language import libdevice

globals().update(libdevice.MEMBERS)
