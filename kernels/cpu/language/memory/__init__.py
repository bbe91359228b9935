"""Memory in kernels: shared, local and constant arrays, atomics, cache hints, pointers."""
