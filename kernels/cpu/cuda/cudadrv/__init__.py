"""Device memory, streams, events and devices. The modules have numba.cuda.cudadrv's names."""
