"""numba.cuda.vector_types: the types float32x4 and its like by name, for signatures."""

from ..language import vectors

VectorType, vector_types = vectors.VectorType, vectors.VECTOR_TYPES
