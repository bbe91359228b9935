"""Arithmetic in a rounding mode against exact fractions: each result is the one of that mode."""

import math
from fractions import Fraction

import numpy as np
import pytest

_KINDS = {"f": np.float32, "d": np.float64}
_MODES = ("rn", "rd", "ru", "rz")


def numbers(dtype):
    info = np.finfo(dtype)
    tiny = info.smallest_subnormal
    edges = [1, 3, 1 + info.eps, 1 - info.eps / 2, 1e20, 1e-20, 0.1, info.max, info.tiny, 5 * tiny]
    edges = np.array(edges, dtype)
    random = np.random.default_rng(0).normal(0, 1, 24).astype(dtype)
    return np.concatenate([edges, -edges, random, random * dtype(1e-9)])


def rounded(exact, dtype, mode):
    """Round a fraction to the dtype; an overflow of `nearest` is an infinity."""
    limit = Fraction(float(np.finfo(dtype).max))
    if abs(exact) > limit:
        positive = exact > 0
        outward = mode == ("ru" if positive else "rd")
        if mode == "rn":  # half a unit beyond the largest number
            half = limit * Fraction(float(np.finfo(dtype).eps)) / 4
            outward = abs(exact) >= limit + half
        value = math.inf if outward else float(limit)
        return dtype(value if positive else -value)
    with np.errstate(all="ignore"):
        near = dtype(exact.numerator / exact.denominator) if exact else dtype(0)
        around = sorted(
            {near, np.nextafter(near, dtype(-np.inf)), np.nextafter(near, dtype(np.inf))}
        )
    finite = [value for value in around if np.isfinite(value)]
    below = max(value for value in finite if Fraction(float(value)) <= exact)
    above = min(value for value in finite if Fraction(float(value)) >= exact)
    if mode == "rn":
        low, high = exact - Fraction(float(below)), Fraction(float(above)) - exact
        if low == high and below != above:
            even = below.view(f"u{below.itemsize}") % 2 == 0
            return below if even else above
        return below if low <= high else above
    if mode == "rz":
        return below if exact > 0 else above
    return below if mode == "rd" else above


def check(found, exact, dtype, mode, name):
    for value, fraction in zip(found, exact, strict=True):
        assert value == rounded(fraction, dtype, mode), (name, float(fraction))


@pytest.mark.parametrize("letter", _KINDS)
def test_two_arguments(evaluate, letter):
    dtype = _KINDS[letter]
    x, y = (v.ravel()[::7].copy() for v in np.meshgrid(numbers(dtype), numbers(dtype)))
    operations = {"add": Fraction.__add__, "mul": Fraction.__mul__, "div": Fraction.__truediv__}
    if letter == "f":
        operations["sub"] = Fraction.__sub__
    names = [f"{letter}{name}_{mode}" for name in operations for mode in _MODES]
    found = evaluate(names, dtype, x, y)
    pairs = [(Fraction(float(a)), Fraction(float(b))) for a, b in zip(x, y, strict=True)]
    for name, operation in operations.items():
        exact = [operation(*pair) for pair in pairs]
        for mode in _MODES:
            whole = f"{letter}{name}_{mode}"
            check(found[whole], exact, dtype, mode, whole)


@pytest.mark.parametrize("letter", _KINDS)
def test_reciprocal_and_root(evaluate, letter):
    dtype = _KINDS[letter]
    x = np.abs(numbers(dtype))
    names = [f"{letter}{name}_{mode}" for name in ("rcp", "sqrt") for mode in _MODES]
    found = evaluate(names, dtype, x)
    for mode in _MODES:
        inverse = [1 / Fraction(float(v)) for v in x]
        check(found[f"{letter}rcp_{mode}"], inverse, dtype, mode, "rcp")
        # isqrt of x 2^2k, and a bit that says whether that was all
        roots = []
        for value in x:
            scaled = Fraction(float(value)) * 2**2400
            root = math.isqrt(scaled.numerator // scaled.denominator)
            inexact = Fraction(root) ** 2 != scaled
            roots.append(Fraction(2 * root + inexact, 2 * 2**1200))
        check(found[f"{letter}sqrt_{mode}"], roots, dtype, mode, "sqrt")


@pytest.mark.parametrize("name, dtype", [("fma", np.float64), ("fmaf", np.float32)])
def test_fma(evaluate, name, dtype):
    x, y = (v.ravel()[::5].copy() for v in np.meshgrid(numbers(dtype), numbers(dtype)))
    z = np.resize(numbers(dtype)[::-1], x.size)
    keep = np.abs(x.astype(np.longdouble) * y) < 1e30
    x, y, z = x[keep], y[keep], z[keep]
    found = evaluate([name, *(f"{name}_{mode}" for mode in _MODES)], dtype, x, y, z)
    exact = [
        Fraction(float(a)) * Fraction(float(b)) + Fraction(float(c))
        for a, b, c in zip(x, y, z, strict=True)
    ]
    check(found[name], exact, dtype, "rn", name)
    for mode in _MODES:
        check(found[f"{name}_{mode}"], exact, dtype, mode, f"{name}_{mode}")


def test_double_to_float(evaluate):
    x = np.concatenate([numbers(np.float64), numbers(np.float32).astype(np.float64) * (1 + 1e-12)])
    found = evaluate([f"double2float_{mode}" for mode in _MODES], np.float32, x)
    for mode in _MODES:
        exact = [Fraction(float(value)) for value in x]
        check(found[f"double2float_{mode}"], exact, np.float32, mode, mode)


@pytest.mark.parametrize("integer, kind", [("int", np.int32), ("uint", np.int32)])
@pytest.mark.parametrize("real, dtype", [("float", np.float32), ("double", np.float64)])
def test_int32_to_real(evaluate, integer, kind, real, dtype):
    x = np.array([0, 1, -1, 2**24 + 1, -(2**24) - 1, 2**31 - 1, -(2**31), 123456789], kind)
    modes = _MODES if real == "float" else ("rn",)
    found = evaluate([f"{integer}2{real}_{mode}" for mode in modes], dtype, x)
    exact = [Fraction(int(v) % 2**32 if integer == "uint" else int(v)) for v in x]
    for mode in modes:
        check(found[f"{integer}2{real}_{mode}"], exact, dtype, mode, mode)


@pytest.mark.parametrize("integer", ["ll", "ull"])
@pytest.mark.parametrize("real, dtype", [("float", np.float32), ("double", np.float64)])
def test_int64_to_real(evaluate, integer, real, dtype):
    x = np.array([0, 1, -1, 2**53 + 1, -(2**53) - 1, 2**63 - 1, -(2**63), 10**17 + 7], np.int64)
    found = evaluate([f"{integer}2{real}_{mode}" for mode in _MODES], dtype, x)
    exact = [Fraction(int(v) % 2**64 if integer == "ull" else int(v)) for v in x]
    for mode in _MODES:
        check(found[f"{integer}2{real}_{mode}"], exact, dtype, mode, mode)


def test_the_mode_is_reset(evaluate):
    x, y = np.array([1.0]), np.array([3.0])
    found = evaluate(["ddiv_ru", "ddiv_rn"], np.float64, x, y)
    assert found["ddiv_ru"][0] > found["ddiv_rn"][0] == 1 / 3
