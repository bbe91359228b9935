"""What the sanitizer puts into a kernel while numba compiles it.

compiler_pass.py inserts calls of the intrinsics of intrinsics.py before each access that
accesses.py finds. When these are lowered, memcheck.py emits a test of the index, and elements.py
calls of the sanitizer's runtime.
"""
