"""Memory in kernels: shared, local and constant arrays, atomics, copies, cache hints, pointers."""
