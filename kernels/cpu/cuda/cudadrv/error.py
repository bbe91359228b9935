"""The exceptions of numba.cuda's driver, for scripts that catch them."""


class CudaDriverError(Exception):
    """An error of CUDA's driver."""


class CudaSupportError(ImportError):
    """CUDA is not available."""


class CudaRuntimeError(Exception):
    """An error of CUDA's runtime."""


class NvvmError(Exception):
    """An error of NVIDIA's compiler."""


class NvvmWarning(Warning):
    """A warning of NVIDIA's compiler."""


class NvvmSupportError(ImportError):
    """NVIDIA's compiler is not available."""


class NvrtcError(Exception):
    """An error of NVIDIA's compiler for CUDA C++."""


class NvrtcBuiltinOperationFailure(NvrtcError):
    """It could not load its headers."""


class NvrtcCompilationError(NvrtcError):
    """It refused a source."""


class NvrtcSupportError(ImportError):
    """It is not available."""


class CCSupportError(RuntimeError):
    """A GPU's compute capability is not supported."""


class CudaAPIError(CudaDriverError):
    """A failed call of CUDA's driver, with its code."""

    def __init__(self, code: int, msg: str) -> None:
        super().__init__(code, msg)
        self.code, self.msg = code, msg

    def __str__(self) -> str:
        return f"[{self.code}] {self.msg}"
