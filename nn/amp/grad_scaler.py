"""`torch.amp.GradScaler`: the loss is scaled so that small gradients are not lost in float16.

A step whose gradients overflowed is left out, and the scale shrinks; after enough good ones it
grows. The gradients of a loss in bfloat16, which has float32's range, need none of it.
"""

import warnings
from collections.abc import Iterable
from enum import Enum
from typing import Any

import numpy as np

from crosscheck.kernels.arguments import integer, reject
from crosscheck.kernels.arrays import Array, namespace
from crosscheck.kernels.optimizer.unscale import unscale
from crosscheck.nn.devices import array_module
from crosscheck.nn.tensor import Tensor

Stage = Enum("Stage", "UNSCALED STEPPED")


class GradScaler:
    """Scales losses, unscales gradients, and leaves out the steps whose gradients are not finite.

        scaler.scale(loss).backward()
        scaler.unscale_(optimizer)      # only where gradients are looked at before the step
        scaler.step(optimizer)
        scaler.update()

    Where device is "cuda" and there is no CuPy, it warns and is disabled. Raises ValueError.
    """

    def __init__(
        self,
        device: str = "cuda",
        init_scale: float = 2.0**16,
        growth_factor: float = 2.0,
        backoff_factor: float = 0.5,
        growth_interval: int = 2000,
        enabled: bool = True,
    ):
        if enabled:
            try:
                array_module("GradScaler", device)
            except ImportError as missing:
                warnings.warn(f"{missing}: disabled", stacklevel=2)
                enabled = False
        self._enabled = enabled
        if enabled:
            self._scale = np.float32(init_scale)
            self._growth_tracker = 0
            self.set_growth_factor(growth_factor)
            self.set_backoff_factor(backoff_factor)
            self.set_growth_interval(growth_interval)
        self._stages: dict[Any, Stage] = {}  # of the optimizers, since the last update
        self._counts: dict[Any, list[Array]] = {}  # what `unscale` returned for each

    def scale(self, outputs: Tensor | Iterable[Tensor]) -> Any:
        """Return a tensor, or nested iterables of them, times the scale."""
        if not self._enabled:
            return outputs
        if isinstance(outputs, Tensor):
            library = namespace(outputs.array)
            return outputs * Tensor(library.full((), self._scale, np.float32))
        if not isinstance(outputs, Iterable):
            expected = "a tensor, or an iterable of them"
            reject("GradScaler.scale", "outputs", type(outputs).__name__, expected)
        scaled = map(self.scale, outputs)
        return type(outputs)(scaled) if isinstance(outputs, (list, tuple)) else scaled

    def unscale_(self, optimizer: Any) -> None:
        """Divide the gradients of the optimizer's parameters by the scale, in place.

        Raises RuntimeError where that has been done since the last update, and ValueError for
        gradients of float16, in which the small ones would be lost again.
        """
        if not self._enabled:
            return
        if self._stages.get(optimizer) is Stage.UNSCALED:
            already = "unscale_() has already been called on this optimizer since the last update()"
            raise RuntimeError(f"GradScaler: {already}")
        if self._stages.get(optimizer) is Stage.STEPPED:
            raise RuntimeError("GradScaler: unscale_() is being called after step()")
        parameters = [each for group in optimizer.param_groups for each in group["params"]]
        gradients = [each.grad for each in parameters if each.grad is not None]
        if any(each.dtype == np.float16 for each in gradients):
            expected = "float32 or bfloat16: keep the parameters in float32, inside nn.autocast"
            reject("GradScaler.unscale_", "dtype of a gradient", "float16", expected)
        inverse = np.float32(1 / np.float64(self._scale))
        self._counts[optimizer] = unscale([each.array for each in gradients], inverse)
        for each in gradients:
            each.memory.version += 1
        self._stages[optimizer] = Stage.UNSCALED

    def step(self, optimizer: Any, *args: Any, **kwargs: Any) -> Any:
        """Unscale, unless that has been done, and take the optimizer's step if all is finite.

        Waits for the GPU: it has to know. Returns what the step does, None where it is left out.
        Raises RuntimeError for a second step before an update, for a closure, and where there is no
        gradient.
        """
        if not self._enabled:
            return optimizer.step(*args, **kwargs)
        if "closure" in kwargs:
            raise RuntimeError("GradScaler.step: a closure is not supported where it is enabled")
        if self._stages.get(optimizer) is Stage.STEPPED:
            raise RuntimeError("GradScaler: step() has already been called since the last update()")
        if optimizer not in self._stages:
            self.unscale_(optimizer)
        if not self._counts[optimizer]:
            raise RuntimeError("GradScaler.step: no parameter of the optimizer has a gradient")
        result = None if self._overflowed(optimizer) else optimizer.step(*args, **kwargs)
        self._stages[optimizer] = Stage.STEPPED
        return result

    def update(self, new_scale: float | Tensor | None = None) -> None:
        """Set the scale for what follows: smaller after an overflow, else larger when it is time.

        Raises RuntimeError where no optimizer has been unscaled since the last update.
        """
        if not self._enabled:
            return
        if new_scale is not None:
            self._scale = np.float32(
                new_scale.item() if isinstance(new_scale, Tensor) else new_scale
            )
        elif not self._counts:
            raise RuntimeError("GradScaler.update: no optimizer was unscaled since the last update")
        elif any([self._overflowed(each) for each in self._counts]):
            self._scale = np.float32(float(self._scale) * self._backoff_factor)
            self._growth_tracker = 0
        else:
            self._growth_tracker += 1
            if self._growth_tracker == self._growth_interval:
                grown = float(self._scale) * self._growth_factor
                self._scale = np.float32(grown) if grown <= _LARGEST else self._scale
                self._growth_tracker = 0
        self._stages.clear()
        self._counts.clear()

    def _overflowed(self, optimizer: Any) -> bool:
        """Return whether one of the optimizer's gradients was not finite; waits for the GPU."""
        return any([each.item() for each in self._counts[optimizer]])

    def get_scale(self) -> float:
        """The scale, 1.0 where it is disabled."""
        return float(self._scale) if self._enabled else 1.0

    def is_enabled(self) -> bool:
        """Whether it does anything."""
        return self._enabled

    def get_growth_factor(self) -> float:
        """What the scale is multiplied by when it grows."""
        return self._growth_factor

    def set_growth_factor(self, new_factor: float) -> None:
        """Raises ValueError unless it is above 1."""
        if not new_factor > 1:
            reject("GradScaler", "growth_factor", new_factor, "a number above 1")
        self._growth_factor = float(new_factor)

    def get_backoff_factor(self) -> float:
        """What the scale is multiplied by after an overflow."""
        return self._backoff_factor

    def set_backoff_factor(self, new_factor: float) -> None:
        """Raises ValueError unless it is below 1."""
        if not new_factor < 1:
            reject("GradScaler", "backoff_factor", new_factor, "a number below 1")
        self._backoff_factor = float(new_factor)

    def get_growth_interval(self) -> int:
        """After how many steps without an overflow the scale grows."""
        return self._growth_interval

    def set_growth_interval(self, new_interval: int) -> None:
        """Raises ValueError or TypeError unless it is an integer of at least 1."""
        self._growth_interval = integer("GradScaler", "growth_interval", new_interval, 1)

    def state_dict(self) -> dict[str, Any]:
        """Return the scale and what it follows, for `load_state_dict`; empty where disabled."""
        if not self._enabled:
            return {}
        return {
            "scale": self.get_scale(),
            "growth_factor": self._growth_factor,
            "backoff_factor": self._backoff_factor,
            "growth_interval": self._growth_interval,
            "_growth_tracker": self._growth_tracker,
        }

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what `state_dict` returned. Raises RuntimeError for an empty one."""
        if not self._enabled:
            return
        if not state_dict:
            empty = "the state is empty: it was saved where the scaler was disabled"
            raise RuntimeError(f"GradScaler.load_state_dict: {empty}")
        self._scale = np.float32(state_dict["scale"])
        self.set_growth_factor(state_dict["growth_factor"])
        self.set_backoff_factor(state_dict["backoff_factor"])
        self.set_growth_interval(state_dict["growth_interval"])
        self._growth_tracker = state_dict["_growth_tracker"]


_LARGEST = float(np.finfo(np.float32).max)
