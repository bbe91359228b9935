"""numba.cuda.cudadecl for extensions: how a function or an attribute is typed."""

from numba.core.typing.templates import Registry, builtin_registry

registry: Registry = builtin_registry
register, register_attr = registry.register, registry.register_attr
register_global = registry.register_global
