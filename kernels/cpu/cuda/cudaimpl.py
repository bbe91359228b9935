"""numba.cuda.cudaimpl for extensions: how a function or an attribute is lowered."""

from numba.core.imputils import Registry, builtin_registry

registry: Registry = builtin_registry
lower, lower_attr = registry.lower, registry.lower_getattr
lower_constant, lower_cast = registry.lower_constant, registry.lower_cast
