"""In what float32 is multiplied: settings by PyTorch's names, each "ieee" or "tf32".

    nn.backends.fp32_precision                of everything, "ieee" unless it is set
    nn.backends.cudnn.fp32_precision          of convolutions
    nn.backends.cudnn.conv.fp32_precision     the same
    nn.backends.cuda.matmul.fp32_precision    of linear layers

One that is "none", as all but the first are, has the value of the one above it. `allow_tf32` is the
older name: True for "tf32". They count for calls that name no algorithm, where tensor cores are.
Source: PyTorch's notes "CUDA semantics: TensorFloat-32".
"""

import sys
from types import ModuleType
from typing import Any

from crosscheck.kernels import precision
from crosscheck.kernels.arguments import reject
from crosscheck.kernels.precision import IEEE, TF32

NONE = "none"


class Setting:
    """One of the settings; `above` is the one whose value counts where this has none."""

    def __init__(self, name: str, above: "Setting | None" = None) -> None:
        self._name, self._above, self._own = name, above, NONE

    @property
    def fp32_precision(self) -> str:
        """What is in force here: "ieee" or "tf32"."""
        if self._own != NONE:
            return self._own
        return self._above.fp32_precision if self._above else IEEE

    @fp32_precision.setter
    def fp32_precision(self, value: str) -> None:
        if value not in (IEEE, TF32, NONE):
            reject(self._name, "fp32_precision", value, "'ieee', 'tf32' or 'none'")
        self._own = value
        precision.allow("conv", CONV.fp32_precision)
        precision.allow("matmul", MATMUL.fp32_precision)

    @property
    def allow_tf32(self) -> bool:
        """Whether TF32 is in force here."""
        return self.fp32_precision == TF32

    @allow_tf32.setter
    def allow_tf32(self, value: bool) -> None:
        if not isinstance(value, bool):
            reject(self._name, "allow_tf32", value, "True or False", TypeError)
        self.fp32_precision = TF32 if value else IEEE


EVERYTHING = Setting("backends")
CUDNN = Setting("backends.cudnn", EVERYTHING)
CONV = Setting("backends.cudnn.conv", CUDNN)
MATMUL = Setting("backends.cuda.matmul", EVERYTHING)


def of_module(name: str, setting: Setting, *attributes: str) -> None:
    """Make attributes of a module those of a setting, so that assigning to them is seen."""

    def forward(attribute: str) -> Any:
        return property(
            lambda module: getattr(setting, attribute),
            lambda module, value: setattr(setting, attribute, value),
        )

    members = {attribute: forward(attribute) for attribute in attributes}
    sys.modules[name].__class__ = type("Module", (ModuleType,), members)


def set_float32_matmul_precision(precision: str) -> None:
    """Set what linear layers multiply float32 in: "highest" is IEEE, "high" and "medium" are TF32.

    PyTorch's "medium" may take bfloat16 where that is faster; TF32 is as good or better.
    """
    names = {"highest": IEEE, "high": TF32, "medium": TF32}
    if precision not in names:
        expected = "'highest', 'high' or 'medium'"
        reject("set_float32_matmul_precision", "precision", precision, expected)
    MATMUL.fp32_precision = names[precision]


def get_float32_matmul_precision() -> str:
    """Return "high" where linear layers may take TF32, else "highest"."""
    return "high" if MATMUL.allow_tf32 else "highest"
