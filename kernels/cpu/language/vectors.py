"""float32x4, int2 and the other vector types of CUDA: values of one to four numbers x, y, z, w.

    v = cuda.float32x4(a, b, c, d)        # or cuda.float4; from shorter vectors too:
    w = cuda.float32x4(v.x, cuda.float32x3(b, c, d))

They live in kernels and device functions only. Scalars are cast to the vector's type; a vector
given to a constructor has to be of the same numbers.
"""

from numba.core import cgutils, types
from numba.core.datamodel import StructModel, register_default
from numba.core.errors import TypingError
from numba.core.extending import intrinsic, make_attribute_wrapper

_LETTERS = "xyzw"
_NUMBERS = (
    *("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    *("float32", "float64"),
)
# CUDA's own names, as C has them where int has 32 bits and long 64.
_IN_C = {
    **{"char": "int8", "short": "int16", "int": "int32", "long": "int64", "longlong": "int64"},
    **{"uchar": "uint8", "ushort": "uint16", "uint": "uint32", "ulong": "uint64"},
    **{"ulonglong": "uint64", "float": "float32", "double": "float64"},
}


class VectorType(types.Type):
    """A vector of `count` numbers of type `number`."""

    def __init__(self, number: types.Type, count: int) -> None:
        self.number, self.count = number, count
        super().__init__(f"{number}x{count}")


def _define_type(count: int) -> type[VectorType]:
    """Make the class of all vectors of this length: numba finds attributes by class."""

    class Vector(VectorType):
        def __init__(self, number: types.Type) -> None:
            super().__init__(number, count)

    @register_default(Vector)
    class Model(StructModel):
        def __init__(self, manager, kind):
            super().__init__(manager, kind, [(name, kind.number) for name in _LETTERS[:count]])

    for name in _LETTERS[:count]:
        make_attribute_wrapper(Vector, name, name)
    return Vector


_CLASSES = {count: _define_type(count) for count in (1, 2, 3, 4)}


def _constructor(vector: VectorType):
    def construct(typing_context, *values):
        plain = [types.unliteral(value) for value in values]
        of_vectors = [value.count for value in plain if isinstance(value, VectorType)]
        others = [value for value in plain if not isinstance(value, VectorType)]
        fits = sum(of_vectors) + len(others) == vector.count
        fits = fits and all(getattr(v, "number", vector.number) == vector.number for v in plain)
        scalars = (types.Integer, types.Float, types.Boolean)
        if not fits or not all(isinstance(value, scalars) for value in others):
            given = ", ".join(str(value) for value in plain)
            expected = f"{vector.count} numbers, or vectors of {vector.number} that hold as many"
            raise TypingError(f"cuda.{vector} is given {given}; expected {expected}")

        def lower(target, builder, signature, arguments):
            numbers = []
            for kind, value in zip(plain, cgutils.unpack_tuple(builder, arguments[0]), strict=True):
                if isinstance(kind, VectorType):
                    numbers += cgutils.unpack_tuple(builder, value)
                else:
                    numbers.append(target.cast(builder, value, kind, vector.number))
            made = cgutils.create_struct_proxy(vector)(target, builder)
            for name, number in zip(_LETTERS, numbers, strict=False):
                setattr(made, name, number)
            return made._getvalue()

        return vector(types.StarArgTuple.from_types(plain)), lower

    construct.__name__ = construct.__qualname__ = str(vector)
    return intrinsic(construct)


def _members() -> dict:
    members = {}
    for number in _NUMBERS:
        for count, of_count in _CLASSES.items():
            members[f"{number}x{count}"] = _constructor(of_count(getattr(types, number)))
    aliases = {
        f"{name}{count}": members[f"{number}x{count}"]
        for name, number in _IN_C.items()
        for count in _CLASSES
    }
    return members | aliases


MEMBERS = _members()
