"""What the sanitizer puts into a kernel while numba compiles it."""
