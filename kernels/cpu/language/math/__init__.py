"""Functions of numbers and operators on them: math, bits, fused multiply-add."""
