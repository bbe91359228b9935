"""The module that changes nothing."""

from typing import Any

from crosscheck.nn.modules.module import Module
from crosscheck.nn.public import public


@public
class Identity(Module):
    """`torch.nn.Identity`: returns its input, whatever its arguments."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__()

    def forward(self, input: Any) -> Any:
        return input
