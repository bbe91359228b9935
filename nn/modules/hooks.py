"""Forward hooks: functions that are called with what goes into a module, and what comes out."""

import warnings
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, NamedTuple, Self

from crosscheck.kernels.arguments import reject


class Hook(NamedTuple):
    """A function and how it wants to be called."""

    function: Callable[..., Any]
    with_kwargs: bool
    always_call: bool = False


class RemovableHandle:
    """What registering a hook returns: `remove`, or the end of a `with` block, takes it away."""

    def __init__(self, hooks: "OrderedDict[object, Hook]", hook: Hook, prepend: bool):
        self._hooks, self._key = hooks, object()
        hooks[self._key] = hook
        if prepend:
            hooks.move_to_end(self._key, last=False)

    def remove(self) -> None:
        self._hooks.pop(self._key, None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.remove()


class Hooks:
    """The part of a module that is called."""

    def __init__(self) -> None:
        for name in ("_forward_pre_hooks", "_forward_hooks"):
            object.__setattr__(self, name, OrderedDict())

    def register_forward_pre_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False
    ) -> RemovableHandle:
        """Call hook(module, args) before `forward`; what it returns, unless None, are new args.

        With `with_kwargs`, hook(module, args, kwargs) returns None or new (args, kwargs).
        """
        return RemovableHandle(self._forward_pre_hooks, Hook(hook, with_kwargs), prepend)

    def register_forward_hook(
        self,
        hook: Callable[..., Any],
        *,
        prepend: bool = False,
        with_kwargs: bool = False,
        always_call: bool = False,
    ) -> RemovableHandle:
        """Call hook(module, args, output) after `forward`; it may return another output, or None.

        With `with_kwargs`, that is hook(module, args, kwargs, output). With `always_call` it is
        called, too, when an exception is on its way, with what output there is.
        """
        return RemovableHandle(self._forward_hooks, Hook(hook, with_kwargs, always_call), prepend)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not self._forward_pre_hooks and not self._forward_hooks:
            return self.forward(*args, **kwargs)
        output, waiting = None, list(self._forward_hooks.values())
        try:
            for hook in list(self._forward_pre_hooks.values()):
                args, kwargs = self._before(hook, args, kwargs)
            output = self.forward(*args, **kwargs)
            waiting = list(self._forward_hooks.values())  # a hook may register another
            while waiting:
                output = self._after(waiting.pop(0), args, kwargs, output)
        except Exception:
            for hook in waiting:
                if hook.always_call:
                    try:
                        output = self._after(hook, args, kwargs, output)
                    except Exception as error:  # the first one is on its way
                        warnings.warn(f"a forward hook was silenced: {error!r}", stacklevel=2)
            raise
        return output

    def _before(self, hook: Hook, args: tuple, kwargs: dict[str, Any]) -> tuple[tuple, dict]:
        if not hook.with_kwargs:
            changed = hook.function(self, args)
            new = changed if isinstance(changed, tuple) else (changed,)
            return args if changed is None else new, kwargs
        changed = hook.function(self, args, kwargs)
        if changed is None:
            return args, kwargs
        if not isinstance(changed, tuple) or len(changed) != 2:
            expected = "None or a pair (args, kwargs)"
            reject(type(self).__name__, "result of a pre-hook", changed, expected, RuntimeError)
        return changed

    def _after(self, hook: Hook, args: tuple, kwargs: dict[str, Any], output: Any) -> Any:
        given = (args, kwargs, output) if hook.with_kwargs else (args, output)
        changed = hook.function(self, *given)
        return output if changed is None else changed
