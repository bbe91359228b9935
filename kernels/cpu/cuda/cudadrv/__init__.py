"""Device memory, streams, events and devices; the modules are named as numba.cuda.cudadrv's are."""


def __getattr__(name: str):
    from crosscheck.kernels.cpu.cuda import absent  # when asked for: nothing here needs it

    found = absent.module(f"cudadrv.{name}")
    if found is None:
        raise AttributeError(f"the CPU device has no cuda.cudadrv.{name}")
    return found
