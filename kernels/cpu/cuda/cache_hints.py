"""numba.cuda.cache_hints: loads and stores with a hint."""

from ..language.memory import cache_hints

globals().update(cache_hints.LOADS | cache_hints.STORES)
