"""Faults planted in the kernels on purpose: a suite that cannot fail proves nothing."""
