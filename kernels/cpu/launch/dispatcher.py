"""A kernel as programs hold it: configured, launched, compiled ahead, asked what it was made for.

It has what they use of numba-cuda's dispatcher; kernel.py compiles and runs.
"""

import functools
import pickle
import types as python_types
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, TextIO

from numba.core import types
from numba.core.serialize import ReduceMixin
from numba.core.sigutils import normalize_signature

from ..arguments.device_memory import take
from ..arguments.packing import packer
from ..arguments.signatures import choose, fitting
from ..functions.gpu_only import Unanswered
from ..machine.geometry import Geometry, whole
from ..options.jit_options import Options
from .kernel import Compiled, Kernel


class Configured:
    """A kernel with the shape of its launch: call it with the arguments."""

    def __init__(self, kernel: "Dispatcher", geometry: Geometry, stream: Any) -> None:
        self.dispatcher, self.geometry, self.stream = kernel, geometry, stream
        self.griddim, self.blockdim = geometry.grid, geometry.block
        self.sharedmem = geometry.shared
        self.pre_launch_callbacks: list[Callable] = []

    def __call__(self, *arguments: Any) -> None:
        self.dispatcher.launch(self, arguments)

    def __getstate__(self) -> dict:
        if self.pre_launch_callbacks:
            text = "Cannot pickle configured launches with pre-launch callbacks"
            raise pickle.PicklingError(f"{self.dispatcher.__name__}: {text}")
        return vars(self)


class Dispatcher(Unanswered, ReduceMixin, Kernel):
    """A kernel with all that programs use of numba-cuda's dispatcher.

    `kernel[grid, block, stream, shared_bytes](*arguments)` launches. What only a GPU's compiler
    could answer raises NotImplementedError (unanswered.py).
    """

    def __init__(self, py_func: Callable, options: Options, **modes: Any) -> None:
        super().__init__(py_func, options.flags, **modes)
        functools.update_wrapper(self, py_func)
        self.options = options
        self.modes = modes
        self.specializations: dict[tuple, Dispatcher] = {}
        self.specialized = False
        self.extensions = options.extensions
        self._closed = False  # to types it was not compiled for

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self if instance is None else python_types.MethodType(self, instance)

    def __getitem__(self, configuration: tuple) -> Configured:
        geometry = Geometry.of(self.__name__, configuration)
        most = self.options.most_threads
        if most is not None and geometry.threads > most:
            text = f"block is {configuration[1]!r}; expected at most {most} threads: launch_bounds"
            raise ValueError(f"{self.__name__}: {text}")
        return Configured(self, geometry, configuration[2] if len(configuration) > 2 else 0)

    def __call__(self, *arguments: Any) -> None:
        expected = f"{self.__name__}[grid, block](...)"
        raise ValueError(f"kernel launch configuration was not specified; expected {expected}")

    def configure(self, griddim: Any, blockdim: Any, stream: Any = 0, sharedmem: int = 0):
        """Return the kernel with the shape of a launch: the same as kernel[...]."""
        return self[griddim, blockdim, stream, sharedmem]

    def forall(self, ntasks: int, tpb: int = 0, stream: Any = 0, sharedmem: int = 0) -> Callable:
        """Return a 1-D launch of at least `ntasks` threads, `tpb` a block; 0 launches nothing.

        The kernel guards its own bound. Raises TypeError or ValueError for what counts nothing.
        """
        ntasks, tpb = (
            whole(self.__name__, name, value) for name, value in (("ntasks", ntasks), ("tpb", tpb))
        )
        if tpb < 0:
            raise ValueError(f"{self.__name__}: tpb is {tpb}; expected a number of threads, or 0")
        if ntasks < 0:
            raise ValueError(f"Can't create ForAll with negative task count: {ntasks}")
        if ntasks == 0:
            return lambda *arguments: None
        block = tpb or min(256, self.options.most_threads or 256)
        return self[-(-ntasks // block), block, stream, sharedmem]

    def launch(self, configured: Configured, arguments: tuple) -> None:
        """Run all blocks; then copy back what must be."""
        afterwards: list[Callable[[], None]] = []
        extensions = self.extensions
        taken = tuple(take(item, [] if extensions else afterwards) for item in arguments)
        if self._closed:
            taken = tuple(fitting(item, afterwards) for item in taken)
        own = self._modes()
        compiled = self.compiled_for(taken, own)
        for callback in configured.pre_launch_callbacks:
            callback(compiled, configured)
        if extensions:
            compiled, taken = self._prepare(compiled, arguments, configured.stream, afterwards)
        self.run(compiled, taken, configured.geometry, own)
        for finish in afterwards:
            finish()

    def _prepare(self, compiled: Compiled, arguments, stream, afterwards) -> tuple[Compiled, tuple]:
        """Let the extensions change each argument and its type."""
        kinds, values = [], []
        for kind, value in zip(compiled.argument_types, arguments, strict=True):
            for extension in reversed(self.extensions):
                kind, value = extension.prepare_args(kind, value, stream=stream, retr=afterwards)
            kinds.append(kind)
            values.append(take(value, afterwards))
        return replace(compiled, pack=packer(tuple(kinds))), tuple(values)

    def types_of(self, arguments: tuple) -> tuple[types.Type, ...]:
        """Return the types to compile for: the arguments' own, or the best that were declared.

        Raises TypeError where none fits.
        """
        own = super().types_of(arguments)
        return choose(self.py_func, self.signatures, own) if self._closed else own

    def compile(self, signature: Any) -> Compiled:
        """Compile for a signature: a string, a tuple of types, or types.void(...)."""
        argument_types, result = normalize_signature(signature)
        if result not in (None, types.void):
            raise TypeError(
                f"{self.__name__}: the signature returns {result}; a kernel returns nothing"
            )
        return self.compiled(tuple(argument_types))

    def declare(self, signatures: Iterable, specialized: bool) -> "Dispatcher":
        """Compile for these signatures; from now on there are no others."""
        for signature in signatures:
            self.compile(signature)
        self.specialized = specialized
        self.disable_compile()
        return self

    def disable_compile(self, value: bool = True) -> None:
        """Compile for no more types."""
        self._closed = value

    def specialize(self, *arguments: Any) -> "Dispatcher":
        """Return a dispatcher for arguments of these types only; types stand for themselves.

        Raises RuntimeError where it has been specialized already.
        """
        if self.specialized:
            raise RuntimeError(f"{self.__name__}: Dispatcher already specialized")
        given = tuple(
            item if isinstance(item, types.Type) else self._type_of(number, take(item, []))
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
        """Return the dispatcher in the process that a pickle went to."""
        made = cls(py_func, options, **modes)
        return made.declare(signatures, specialized) if signatures else made

    @property
    def signatures(self) -> list[tuple[types.Type, ...]]:
        """The argument types it has been compiled for."""
        return list(self.overloads)

    @property
    def nopython_signatures(self) -> list:
        """The same, as numba's signatures."""
        return [compiled.signature for compiled in self.overloads.values()]

    def inspect_types(self, file: TextIO | None = None) -> None:
        """Write the source with the types of all variables, for each choice of argument types."""
        for compiled in self.overloads.values():
            compiled.inspect_types(file)

    def get_shared_mem_per_block(self, signature: Any = None) -> Any:
        """Return the bytes of static shared memory, for one signature or {types: bytes}."""
        return self._per_overload(signature, lambda compiled: compiled.program.static_shared)

    def get_max_threads_per_block(self, signature: Any = None) -> Any:
        """Return how many threads a block may have, for one signature or {types: threads}."""
        return self._per_overload(signature, lambda _: self.options.most_threads or 1024)

    def _per_overload(self, signature: Any, ask: Callable[[Compiled], int]) -> Any:
        if signature is not None:
            return ask(self.overloads[tuple(normalize_signature(signature)[0])])
        if self.specialized:
            return ask(next(iter(self.overloads.values())))
        return {kinds: ask(compiled) for kinds, compiled in self.overloads.items()}
