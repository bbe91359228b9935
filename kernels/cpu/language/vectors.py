"""CUDA's vector types, such as float32x4 and int2: one to four numbers x, y, z, w.

    v = cuda.float32x4(a, b, c, d)        # or cuda.float4; from shorter vectors too:
    w = cuda.float32x4(v.x, cuda.float32x3(b, c, d))

They exist in kernels and device functions only. Scalars are cast to the vector's type of number; a
vector that is given to a constructor must have the same type of number.
"""

from collections.abc import Callable

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
    """A vector of numbers. Its attributes have numba-cuda's names."""

    def __init__(self, base_type: types.Type, num_elements: int) -> None:
        self.base_type, self.num_elements = base_type, num_elements
        self.attr_names = tuple(_LETTERS[:num_elements])
        super().__init__(f"{base_type}x{num_elements}")

    @property
    def user_facing_object(self) -> Callable:
        """Its constructor in kernels."""
        return MEMBERS[self.name]


def _define_type(count: int) -> type[VectorType]:
    """Return the class of all vectors of this length, since numba finds attributes by class."""

    class Vector(VectorType):
        def __init__(self, base_type: types.Type) -> None:
            super().__init__(base_type, count)

    @register_default(Vector)
    class Model(StructModel):
        def __init__(self, manager, kind):
            super().__init__(manager, kind, [(name, kind.base_type) for name in kind.attr_names])

    for name in _LETTERS[:count]:
        make_attribute_wrapper(Vector, name, name)
    return Vector


_CLASSES = {count: _define_type(count) for count in (1, 2, 3, 4)}


def _constructor(vector: VectorType):
    def construct(typing_context, *values):
        plain = [types.unliteral(value) for value in values]
        of_vectors = [value.num_elements for value in plain if isinstance(value, VectorType)]
        others = [value for value in plain if not isinstance(value, VectorType)]
        number = vector.base_type
        fits = sum(of_vectors) + len(others) == vector.num_elements
        fits = fits and all(getattr(value, "base_type", number) == number for value in plain)
        scalars = (types.Integer, types.Float, types.Boolean)
        if not fits or not all(isinstance(value, scalars) for value in others):
            given = ", ".join(str(value) for value in plain)
            expected = f"{vector.num_elements} numbers, or vectors of {number} that hold as many"
            raise TypingError(f"cuda.{vector} is given {given}; expected {expected}")

        def lower(target, builder, signature, arguments):
            numbers = []
            for kind, value in zip(plain, cgutils.unpack_tuple(builder, arguments[0]), strict=True):
                if isinstance(kind, VectorType):
                    numbers += cgutils.unpack_tuple(builder, value)
                else:
                    numbers.append(target.cast(builder, value, kind, number))
            made = cgutils.create_struct_proxy(vector)(target, builder)
            for name, value in zip(vector.attr_names, numbers, strict=True):
                setattr(made, name, value)
            return made._getvalue()

        return vector(types.StarArgTuple.from_types(plain)), lower

    construct.__name__ = construct.__qualname__ = str(vector)
    number, count = str(vector.base_type), vector.num_elements
    construct.aliases = [f"{name}{count}" for name, item in _IN_C.items() if item == number]
    return intrinsic(construct)


def _members() -> dict:
    members = {name: _constructor(vector) for name, vector in VECTOR_TYPES.items()}
    return members | {alias: made for made in members.values() for alias in made.aliases}


VECTOR_TYPES = {
    f"{number}x{count}": of_count(getattr(types, number))
    for number in _NUMBERS
    for count, of_count in _CLASSES.items()
}
MEMBERS = _members()
