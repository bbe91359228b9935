"""Forward hooks: functions that a module calls with its arguments and its output."""

import warnings
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, NamedTuple, Self

from crosscheck.kernels.arguments import reject


class Hook(NamedTuple):
    """A function and the options it was registered with."""

    function: Callable[..., Any]
    with_kwargs: bool
    always_call: bool = False


class RemovableHandle:
    """Removes a registered hook: by `remove`, or at the end of a `with` block."""

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
    """The part of `Module` that calls `forward`, with the hooks before and after it."""

    def __init__(self) -> None:
        for name in ("_forward_pre_hooks", "_forward_hooks"):
            object.__setattr__(self, name, OrderedDict())

    def register_forward_pre_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False
    ) -> RemovableHandle:
        """Call hook(module, args) before `forward`; it returns None, or new args to replace them.

        With `with_kwargs` it is hook(module, args, kwargs), which returns None or new
        (args, kwargs); a call raises RuntimeError for any other result.
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
        """Call hook(module, args, output) after `forward`; it returns None, or a new output.

        With `with_kwargs` it is hook(module, args, kwargs, output). With `always_call` it is called
        even if `forward` or another hook raises; its output is then None or the last one.
        """
        return RemovableHandle(self._forward_hooks, Hook(hook, with_kwargs, always_call), prepend)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not self._forward_pre_hooks and not self._forward_hooks:
            return self.forward(*args, **kwargs)
        output, remaining = None, list(self._forward_hooks.values())
        try:
            for hook in list(self._forward_pre_hooks.values()):
                args, kwargs = self._call_pre_hook(hook, args, kwargs)
            output = self.forward(*args, **kwargs)
            remaining = list(self._forward_hooks.values())  # a pre-hook may have added one
            while remaining:
                output = self._call_hook(remaining.pop(0), args, kwargs, output)
        except Exception:
            for hook in remaining:
                if hook.always_call:
                    try:
                        output = self._call_hook(hook, args, kwargs, output)
                    except Exception as error:  # the first exception is the one raised
                        warnings.warn(f"a forward hook was silenced: {error!r}", stacklevel=2)
            raise
        return output

    def _call_pre_hook(self, hook: Hook, args: tuple, kwargs: dict[str, Any]) -> tuple[tuple, dict]:
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

    def _call_hook(self, hook: Hook, args: tuple, kwargs: dict[str, Any], output: Any) -> Any:
        given = (args, kwargs, output) if hook.with_kwargs else (args, output)
        changed = hook.function(self, *given)
        return output if changed is None else changed
