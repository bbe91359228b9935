"""Device memory, streams, events and devices; the modules are named as numba.cuda.cudadrv's are."""
