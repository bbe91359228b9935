"""numba-cuda's own tests on the CPU device: how many pass, and why the others do not."""
