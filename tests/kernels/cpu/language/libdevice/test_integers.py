"""libdevice's integer functions against Python's integers."""

import numpy as np

_EDGES = [0, 1, -1, 2, 5, 7, 2**23, -(2**23), 2**24 + 3, 123456789, -987654321, 2**31 - 1, -(2**31)]
_X, _Y = (v.ravel() for v in np.meshgrid(np.array(_EDGES, np.int32), np.array(_EDGES, np.int32)))


def signed(value, width):
    value %= 2**width
    return value - 2**width if value >> (width - 1) else value


def low_24(value, is_signed):
    return signed(value, 24) if is_signed else value % 2**24


def two_arguments(width):
    """Return the meaning of each function of two integers of this width."""

    def u(value):
        return value % 2**width

    both = {
        "max": max,
        "min": min,
        "umax": lambda x, y: max(u(x), u(y)),
        "umin": lambda x, y: min(u(x), u(y)),
        "mulhi": lambda x, y: x * y >> width,
        "umulhi": lambda x, y: u(x) * u(y) >> width,
    }
    if width == 64:
        long = {"max": "llmax", "min": "llmin", "umax": "ullmax", "umin": "ullmin"}
        long |= {"mulhi": "mul64hi", "umulhi": "umul64hi"}
        return {long[name]: meaning for name, meaning in both.items()}
    return both | {
        "mul24": lambda x, y: low_24(x, True) * low_24(y, True),
        "umul24": lambda x, y: low_24(x, False) * low_24(y, False),
        "hadd": lambda x, y: x + y >> 1,
        "rhadd": lambda x, y: x + y + 1 >> 1,
        "uhadd": lambda x, y: u(x) + u(y) >> 1,
        "urhadd": lambda x, y: u(x) + u(y) + 1 >> 1,
    }


def check(found, meanings, width, *arguments):
    for name, meaning in meanings.items():
        tuples = zip(*(argument.tolist() for argument in arguments), strict=True)
        expected = [signed(meaning(*values), width) for values in tuples]
        assert found[name].tolist() == expected, name


def test_two_int32(evaluate):
    meanings = two_arguments(32)
    check(evaluate(list(meanings), np.int32, _X, _Y), meanings, 32, _X, _Y)


def test_two_int64(evaluate):
    meanings = two_arguments(64)
    x, y = _X.astype(np.int64) * 2**31 + 17, _Y.astype(np.int64) * 2**32 - 5
    check(evaluate(list(meanings), np.int64, x, y), meanings, 64, x, y)


def test_three(evaluate):
    z = np.resize(np.array([0x3210, 0x7654, 0x0415, 0x7F0E, 17], np.int32), _X.size)

    def choose_bytes(x, y, selector):
        both = (x % 2**32 | (y % 2**32) << 32).to_bytes(8, "little")
        numbers = [selector >> 4 * place & 7 for place in range(4)]
        return int.from_bytes(bytes(both[n] for n in numbers), "little")

    meanings = {
        "sad": lambda x, y, z: abs(x - y) + z,
        "usad": lambda x, y, z: abs(x % 2**32 - y % 2**32) + z,
        "byte_perm": choose_bytes,
    }
    check(evaluate(list(meanings), np.int32, _X, _Y, z), meanings, 32, _X, _Y, z)


def bits(width):
    def text(value):
        return np.binary_repr(value % 2**width, width)

    ending = "ll" if width == 64 else ""
    return {
        f"brev{ending}": lambda x: int(text(x)[::-1], 2),
        f"clz{ending}": lambda x: (text(x) + "1").index("1"),
        f"ffs{ending}": lambda x: text(x)[::-1].find("1") + 1,
        f"popc{ending}": lambda x: text(x).count("1"),
        ("llabs" if ending else "abs"): abs,
    }


def test_one_int32(evaluate):
    check(evaluate(list(bits(32)), np.int32, _X), bits(32), 32, _X)


def test_one_int64(evaluate):
    x = _X.astype(np.int64) * 2**32 + _Y
    check(evaluate(list(bits(64)), np.int64, x), bits(64), 64, x)
