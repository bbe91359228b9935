"""float16 and bfloat16 in kernels: their formats, conversions, operators and functions.

format.py says what the two have in common; fp16.py and bf16.py are numba-cuda's modules of these
names.
"""
