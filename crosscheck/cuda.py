"""Importing this puts the CPU device in numba.cuda's place, in a program or a notebook.

    import crosscheck.cuda      # in a notebook also: %load_ext crosscheck
    from numba import cuda      # the CPU device

Its names are here, too: `from crosscheck import cuda`. What was imported from numba.cuda before
stays numba-cuda's, and so do kernels that were made with it: a warning names them.
"""

import sys
import warnings
from types import ModuleType
from typing import Any

from crosscheck.kernels.cpu import cuda
from crosscheck.kernels.cpu.cuda.install import install as _install
from crosscheck.kernels.cpu.cuda.install import is_installed


def install() -> None:
    """Put the CPU device in numba.cuda's place for what is imported from now on."""
    if is_installed():
        return
    names = [name for name, value in vars(sys.modules["__main__"]).items() if _is_numba_cuda(value)]
    _install()
    if names:
        text = "still numba-cuda's: imported or made before crosscheck.cuda; do that again after it"
        warnings.warn(f"{', '.join(names)}: {text}", stacklevel=3)


def _is_numba_cuda(value: Any) -> bool:
    """Return whether a value is a module, a function or an object of numba-cuda."""
    if isinstance(value, ModuleType):
        return f"{value.__name__}.".startswith("numba.cuda.")
    places = getattr(value, "__module__", None), type(value).__module__
    return any(f"{place}.".startswith("numba.cuda.") for place in places)


def __getattr__(name: str) -> Any:
    return getattr(cuda, name)


install()
