"""Shared, local and constant arrays, atomics, cache hints, pointers."""
