"""The GPU: numba-cuda on CuPy arrays, on CuPy's current stream.

The one module that imports numba.cuda; everything else takes `cuda` from kernels.launch. Nothing
here touches a GPU before the first launch, so it imports anywhere.
"""

import contextlib
import types
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple
from unittest import mock

import numba
from numba import cuda
from numba.cuda.errors import normalize_kernel_dimensions
from numba.cuda.extending import intrinsic

from crosscheck.kernels import arrays, gpu_launch, in_use
from crosscheck.kernels.dtypes import BFLOAT16_GPUS, bfloat16
from crosscheck.kernels.storage_type import ELEMENTS

__all__ = ["CompilerMissing", "Compiled", "Kernel", "compile_for", "cuda", "intrinsic"]

DEFAULT_SHARED = 48 * 1024  # bytes of a block; more has to be allowed


class Kernel:
    """A numba-cuda kernel: launches of a kind are made by `prepare`, then launched.

    only_on: the one compute capability that it can be compiled for, None for any.
    """

    def __init__(
        self,
        py_func: Callable,
        launch_bounds: tuple[int, int] | None = None,
        only_on: tuple[int, int] | None = None,
    ) -> None:
        self.only_on = only_on
        options = {"launch_bounds": launch_bounds} if launch_bounds else {}
        self.dispatcher = cuda.jit(py_func, **options)

    def prepare(
        self, configuration: tuple, arguments: Sequence, varying: Sequence[int]
    ) -> Callable[[Sequence, Any], None]:
        """Return `launch(arguments, stream)` for arguments that differ in what is varying alone.

        configuration   (grid, block, stream, shared_bytes); the last two may be left out
        varying         the positions of numbers that may differ; addresses of arrays always may

        `stream` is numba's, CuPy's, or anything with its pointer in `.ptr`; None, or 0, is CuPy's
        current stream. A launch on another stream keeps its arrays until it is done (`in_use`);
        that it comes after what fills them is for the caller to order. Compiles for the current
        GPU and loads the kernel there. Raises TypeError for arrays of bfloat16 on a GPU without.
        """
        grid, block = normalize_kernel_dimensions(*configuration[:2])
        shared_bytes = configuration[3] if len(configuration) > 3 else 0
        signature, name = self.signature(arguments), self.dispatcher.py_func.__name__
        device = cuda.current_context().device
        _refuse_bfloat16(name, signature, device)
        compiled = self.dispatcher.compile(signature)
        function = compiled.library.get_cufunc()
        handle = int(function.handle)
        if shared_bytes + function.attrs.shared > DEFAULT_SHARED:
            gpu_launch.allow_shared_memory(name, handle, function.attrs.shared, device.id)
        packer = gpu_launch.Packer(signature, arguments, varying)
        shape = *grid, *block, shared_bytes
        made = gpu_launch.Launch(name, handle, shape, packer, compiled.cooperative)

        def launch(arguments: Sequence, stream: Any) -> None:
            made(arguments, pointer(stream), cuda.current_context)
            if stream:
                in_use.keep(arguments, pointer(stream))

        return launch

    def signature(self, arguments: Sequence) -> tuple[numba.types.Type, ...]:
        """Return the types that a launch with these arguments is compiled for.

        NumPy arrays may stand for CuPy's.
        """
        return tuple(map(_type_of, arguments))


def _refuse_bfloat16(name: str, signature: Sequence[numba.types.Type], device: Any) -> None:
    """Raise TypeError for arrays of bfloat16 where the assembler knows no rounding to it."""
    stored = [getattr(each, "dtype", None) is ELEMENTS[bfloat16] for each in signature]
    if any(stored) and device.compute_capability < BFLOAT16_GPUS:
        found, needed = (
            ".".join(map(str, each)) for each in (device.compute_capability, BFLOAT16_GPUS)
        )
        argument = f"{name}: argument {stored.index(True)} is an array of bfloat16"
        raise TypeError(
            f"{argument}; expected a GPU of compute capability {needed} or newer, not {found}"
        )


def _type_of(value: Any) -> numba.types.Type:
    if isinstance(value, tuple):
        return numba.types.BaseTuple.from_types([_type_of(item) for item in value])
    if arrays.device(value) is None:
        return numba.typeof(value)
    layout = "C" if value.flags.c_contiguous else "F" if value.flags.f_contiguous else "A"
    # One that may be written: CuPy knows no other.
    element = ELEMENTS.get(value.dtype) or numba.from_dtype(value.dtype)
    return numba.types.Array(element, value.ndim, layout)


def pointer(stream: Any) -> int:
    """Return the pointer of CuPy's or numba's stream; of CuPy's current one for None and 0."""
    if not stream:
        import cupy  # the launch has CuPy arrays, so it is there

        return cupy.cuda.get_current_stream().ptr
    handle = stream.ptr if hasattr(stream, "ptr") else stream.handle
    return int(getattr(handle, "value", handle) or 0)  # older versions wrap it in a c_void_p


class CompilerMissing(RuntimeError):
    """A library of the CUDA compiler is not installed; the message says what to install."""


class Compiled(NamedTuple):
    """What a launch would run: `arch` is "sm_90a" or another, `log` the assembler's own account."""

    arch: str
    ptx: str
    cubin: bytes
    log: str


def compile_for(kernel: Kernel, arguments: tuple, capability: tuple[int, int]) -> Compiled:
    """Compile what a launch on a GPU of compute capability (major, minor) would run, without one.

    NumPy arrays stand for the GPU's. A device function keeps the capability that it was first
    compiled for, which tells only in code that depends on it. Raises CompilerMissing.
    """
    # Private parts of numba-cuda 0.30, which has no public way to the launch's own cubin. Imported
    # here because the stock simulator has none of them.
    from cuda import pathfinder
    from numba.cuda import dispatcher

    for part in ("nvvm", "nvrtc", "nvJitLink"):
        try:
            pathfinder.load_nvidia_dynamic_lib(part)
        except pathfinder.DynamicLibNotFoundError:
            line = "pip install 'crosscheck-kernels[inspect]'"
            raise CompilerMissing(f"the CUDA compiler's {part} is missing: {line}") from None
    this, signature = kernel.dispatcher, kernel.signature(arguments)
    with _pretend(capability):
        library = dispatcher._Kernel(this.py_func, signature, **this.targetoptions).library
        cc = library._ensure_cc(None)
        ptx, cubin = library.get_lto_ptx().strip("\0\n"), library.get_cubin().code
        return Compiled("sm_{}{}{}".format(*cc), ptx, cubin, library.get_linkerinfo(cc))


@contextlib.contextmanager
def _pretend(capability: tuple[int, int]) -> Iterator[None]:
    """Answer numba-cuda's two questions for the device, and let its linker tell what it does."""
    from numba.cuda import codegen, dispatcher
    from numba.cuda.cudadrv import driver

    plain = driver._Linker._get_linker_options

    def verbose(self: Any, ptx: bool) -> Any:
        options = plain(self, ptx)
        options.verbose = True
        return options

    device = types.SimpleNamespace(compute_capability=capability)
    devices = types.SimpleNamespace(get_context=lambda: types.SimpleNamespace(device=device))
    with (
        mock.patch.object(dispatcher, "get_current_device", lambda: device),
        mock.patch.object(codegen, "devices", devices),
        mock.patch.object(driver._Linker, "_get_linker_options", verbose),
    ):
        yield
