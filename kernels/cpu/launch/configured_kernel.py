"""`kernel[grid, block]`: a kernel with the configuration of its launch."""

import pickle
from collections.abc import Callable
from typing import Any

from ..machine.launch_configuration import LaunchConfiguration
from .tracebacks import UserFramesOnly


class ConfiguredKernel:
    """`kernel[grid, block]`: call it with the kernel's arguments to launch."""

    def __init__(self, dispatcher: Any, configuration: LaunchConfiguration, stream: Any) -> None:
        self.dispatcher, self.configuration, self.stream = dispatcher, configuration, stream
        self.griddim, self.blockdim = configuration.grid, configuration.block
        self.sharedmem = configuration.shared
        self.pre_launch_callbacks: list[Callable] = []

    def __call__(self, *arguments: Any) -> None:
        with UserFramesOnly():
            self.dispatcher.launch(self, arguments)

    def __getstate__(self) -> dict:
        if self.pre_launch_callbacks:
            text = "Cannot pickle configured launches with pre-launch callbacks"
            raise pickle.PicklingError(f"{self.dispatcher.__name__}: {text}")
        return vars(self)
