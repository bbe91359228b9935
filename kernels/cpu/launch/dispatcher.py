"""A kernel as programs hold it, with what they use of numba-cuda's dispatcher."""

import functools
import threading
import types as python_types
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, TextIO

from numba.core import types
from numba.core.serialize import ReduceMixin
from numba.core.sigutils import normalize_signature

from ..arguments.device_memory import kernel_argument
from ..arguments.packing import packer
from ..arguments.signatures import aligned_and_writeable, matching_types
from ..arguments.types import numba_type, type_key
from ..functions.gpu_only import GPUOnly
from ..instrumentation.finding import FoundError
from ..machine.launch_configuration import LaunchConfiguration, integer
from ..options.jit_options import Options
from ..options.modes import Modes, current
from ..sanitizer import log
from .configured_kernel import ConfiguredKernel
from .overload import Overload
from .tracebacks import UserFramesOnly


class Dispatcher(GPUOnly, ReduceMixin):
    """A function that runs once for every thread of a grid.

    `kernel[grid, block, stream, shared_bytes](*arguments)` launches it; a launch returns when it is
    done. Threads that wait for others that never come raise BarrierError. Under the sanitizer a
    launch also raises what the sanitizer finds, or writes it to the terminal (Modes.keep_going).
    `modes` are the kernel's own (options/modes.py): they take precedence over those of the
    launching thread.
    """

    def __init__(self, py_func: Callable, options: Options, **modes: Any) -> None:
        functools.update_wrapper(self, py_func)
        self.py_func, self.options, self.modes = py_func, options, modes
        self.full_name = f"{py_func.__module__}.{py_func.__qualname__}"
        self.extensions = options.extensions
        self.overloads: dict[tuple, Overload] = {}  # by argument types, the first of any mode
        self.specializations: dict[tuple, Dispatcher] = {}
        self.specialized = False
        self._closed = False  # whether it is compiled for no more types
        self._by_types: dict[tuple, Overload] = {}  # by modes and argument types
        self._by_key: dict[tuple, Overload] = {}  # by modes and type keys: what a launch looks up
        self._lock = threading.RLock()
        self._modes()  # a wrong mode is an error here, not at the first launch

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self if instance is None else python_types.MethodType(self, instance)

    def __getitem__(self, configuration: tuple) -> ConfiguredKernel:
        with UserFramesOnly():
            shape = LaunchConfiguration.of(self.__name__, configuration)
            limit = self.options.max_threads
            if limit is not None and shape.threads > limit:
                expected = f"expected at most {limit} threads: launch_bounds"
                raise ValueError(f"{self.__name__}: block is {configuration[1]!r}; {expected}")
        return ConfiguredKernel(self, shape, configuration[2] if len(configuration) > 2 else 0)

    def __call__(self, *arguments: Any) -> None:
        expected = f"{self.__name__}[grid, block](...)"
        raise ValueError(f"kernel launch configuration was not specified; expected {expected}")

    def configure(self, griddim: Any, blockdim: Any, stream: Any = 0, sharedmem: int = 0):
        """Return the same as kernel[griddim, blockdim, stream, sharedmem]."""
        return self[griddim, blockdim, stream, sharedmem]

    def forall(self, ntasks: int, tpb: int = 0, stream: Any = 0, sharedmem: int = 0) -> Callable:
        """Return a 1-D launch of at least `ntasks` threads, `tpb` in a block; 0 launches nothing.

        The kernel guards its own bound. Raises TypeError for what is no integer, and ValueError
        for a negative one.
        """
        ntasks, tpb = (
            integer(self.__name__, name, value)
            for name, value in (("ntasks", ntasks), ("tpb", tpb))
        )
        if tpb < 0:
            raise ValueError(f"{self.__name__}: tpb is {tpb}; expected a number of threads, or 0")
        if ntasks < 0:
            raise ValueError(f"Can't create ForAll with negative task count: {ntasks}")
        if ntasks == 0:
            return lambda *arguments: None
        block = tpb or min(256, self.options.max_threads or 256)
        return self[-(-ntasks // block), block, stream, sharedmem]

    def launch(self, configured: ConfiguredKernel, arguments: tuple) -> None:
        """Run all blocks, then copy back what the arguments ask for."""
        afterwards: list[Callable[[], None]] = []
        own = [] if self.extensions else afterwards
        taken = tuple(kernel_argument(item, own) for item in arguments)
        if self._closed:
            taken = tuple(aligned_and_writeable(item, afterwards) for item in taken)
        modes = self._modes()
        try:
            if modes.debug:
                self._interpret(configured, arguments, taken, afterwards, modes)
            else:
                self._run_compiled(configured, arguments, taken, afterwards, modes)
        except FoundError as error:
            if not modes.goes_on:
                raise
            log.add_errors(error.findings)
        for finish in afterwards:
            finish()

    def _modes(self) -> Modes:
        return replace(current(), **self.modes) if self.modes else current()

    def _run_compiled(self, configured, arguments, taken, afterwards, modes: Modes) -> None:
        overload = self._overload_for(taken, modes)
        for callback in configured.pre_launch_callbacks:
            callback(overload, configured)
        if self.extensions:
            kinds = overload.argument_types
            kinds, taken = self._extended(kinds, arguments, configured.stream, afterwards)
            overload = replace(overload, pack=packer(kinds))
        overload.run(self.full_name, taken, configured.configuration, modes)

    def _interpret(self, configured, arguments, taken, afterwards, modes: Modes) -> None:
        """Run the kernel in plain Python."""
        from ..debugger.arguments import as_numbers  # needs greenlet, which is optional
        from ..debugger.grid import interpret

        kinds = self._types_of(taken)
        if self.extensions:
            kinds, taken = self._extended(kinds, arguments, configured.stream, afterwards)
        values = as_numbers(taken, kinds)
        interpret(self.full_name, self.py_func, values, configured.configuration, modes)

    def _extended(self, given: tuple[types.Type, ...], arguments, stream, afterwards) -> tuple:
        """Let the extensions change each argument and its type."""
        kinds, values = [], []
        for kind, value in zip(given, arguments, strict=True):
            for extension in reversed(self.extensions):
                kind, value = extension.prepare_args(kind, value, stream=stream, retr=afterwards)
            kinds.append(kind)
            values.append(kernel_argument(value, afterwards))
        return tuple(kinds), tuple(values)

    def _overload_for(self, arguments: tuple, modes: Modes) -> Overload:
        """Return the overload for these arguments, compiled if need be."""
        key = (*modes.variant, *(type_key(value) for value in arguments))
        if key not in self._by_key:
            self._by_key[key] = self._compiled(self._types_of(arguments), modes)
        return self._by_key[key]

    def _compiled(self, argument_types: tuple, modes: Modes) -> Overload:
        """Return the overload for these types, compiled if need be."""
        key = *modes.variant, argument_types
        with self._lock:
            if key not in self._by_types:
                made = Overload.of(self.py_func, argument_types, self.options.flags, modes)
                self._by_types[key] = made
                self.overloads.setdefault(argument_types, made)
            return self._by_types[key]

    def _types_of(self, arguments: tuple) -> tuple[types.Type, ...]:
        """Return the types to compile for: the arguments' own, or the declared ones that fit best.

        Raises TypeError for a wrong number of arguments, one that no kernel takes, or no fit.
        """
        wanted, given = self.py_func.__code__.co_argcount, len(arguments)
        if given != wanted:
            raise TypeError(f"{self.__name__} takes {wanted} arguments; {given} were given")
        own = tuple(self._type_of(number, value) for number, value in enumerate(arguments))
        return matching_types(self.py_func, self.signatures, own) if self._closed else own

    def _type_of(self, number: int, value: Any) -> types.Type:
        names = self.py_func.__code__.co_varnames
        name = f" ({names[number]})" if number < self.py_func.__code__.co_argcount else ""
        what = f"{self.__name__}: argument {number}{name}"
        return numba_type(what, value, self.options.elements)

    def compile(self, signature: Any) -> Overload:
        """Compile for a signature: a string, a tuple of types, or types.void(...)."""
        argument_types, result = normalize_signature(signature)
        if result not in (None, types.void):
            text = f"the signature returns {result}; a kernel returns nothing"
            raise TypeError(f"{self.__name__}: {text}")
        return self._compiled(tuple(argument_types), self._modes())

    def declare(self, signatures: Iterable, specialized: bool) -> "Dispatcher":
        """Compile for these signatures, and for no others from now on."""
        for signature in signatures:
            self.compile(signature)
        self.specialized = specialized
        self.disable_compile()
        return self

    def disable_compile(self, value: bool = True) -> None:
        """Compile for no more types."""
        self._closed = value

    def specialize(self, *arguments: Any) -> "Dispatcher":
        """Return a dispatcher for these argument types alone; arguments or their types are given.

        Raises RuntimeError where it has been specialized already.
        """
        if self.specialized:
            raise RuntimeError(f"{self.__name__}: Dispatcher already specialized")
        given = tuple(
            item
            if isinstance(item, types.Type)
            else self._type_of(number, kernel_argument(item, []))
            for number, item in enumerate(arguments)
        )
        if given not in self.specializations:
            own = Dispatcher(self.py_func, self.options, **self.modes)
            self.specializations[given] = own.declare([given], specialized=True)
        return self.specializations[given]

    def _reduce_states(self) -> dict:
        signatures = self.signatures if self._closed else []
        own = {"options": self.options, "modes": self.modes, "specialized": self.specialized}
        return {"py_func": self.py_func, "signatures": signatures, **own}

    @classmethod
    def _rebuild(
        cls, py_func: Callable, options: Options, modes: dict, signatures: list, specialized: bool
    ) -> "Dispatcher":
        """Return the dispatcher that a pickle describes."""
        made = cls(py_func, options, **modes)
        return made.declare(signatures, specialized) if signatures else made

    @property
    def signatures(self) -> list[tuple[types.Type, ...]]:
        """The argument types it has been compiled for."""
        return list(self.overloads)

    @property
    def nopython_signatures(self) -> list:
        """The argument types it has been compiled for, as numba's signatures."""
        return [overload.signature for overload in self.overloads.values()]

    def inspect_types(self, file: TextIO | None = None) -> None:
        """Write the source with the types of all variables, for each overload."""
        for overload in self.overloads.values():
            overload.inspect_types(file)

    def get_shared_mem_per_block(self, signature: Any = None) -> Any:
        """Return the bytes of static shared memory, for one signature or {types: bytes}."""
        return self._per_overload(signature, lambda overload: overload.program.static_shared)

    def get_max_threads_per_block(self, signature: Any = None) -> Any:
        """Return how many threads a block may have, for one signature or {types: threads}."""
        return self._per_overload(signature, lambda _: self.options.max_threads or 1024)

    def _per_overload(self, signature: Any, value_of: Callable[[Overload], int]) -> Any:
        if signature is not None:
            return value_of(self.overloads[tuple(normalize_signature(signature)[0])])
        if self.specialized:
            return value_of(next(iter(self.overloads.values())))
        return {kinds: value_of(overload) for kinds, overload in self.overloads.items()}
