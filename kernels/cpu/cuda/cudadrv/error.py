"""The exceptions of numba.cuda's driver, for scripts that catch them."""


class CudaDriverError(Exception):
    """What a GPU's driver says."""


class CudaSupportError(ImportError):
    """CUDA is not there."""


class CudaRuntimeError(Exception):
    """What CUDA's runtime says."""


class NvvmError(Exception):
    """What NVIDIA's compiler says."""


class CudaAPIError(CudaDriverError):
    """A call of the driver that failed, with its code."""

    def __init__(self, code: int, msg: str) -> None:
        super().__init__(code, msg)
        self.code, self.msg = code, msg

    def __str__(self) -> str:
        return f"[{self.code}] {self.msg}"
