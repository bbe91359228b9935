"""Planted bugs: kernels made twice, with the bug and without it.

A plant is a function of `fixed` that returns (kernel, launch configuration, arguments). Its source
marks with `# here` the lines that the message has to name. The fixed kernel must be silent: a false
alarm is worse than a miss.
"""

import inspect
from collections.abc import Callable
from pathlib import Path

import pytest


def places(plant: Callable) -> list[str]:
    """Return file:line for every line marked `# here`."""
    lines, first = inspect.getsourcelines(plant)
    file = Path(inspect.getsourcefile(plant)).name
    return [f"{file}:{first + n}" for n, line in enumerate(lines) if "# here" in line]


def launch(plant: Callable, fixed: bool) -> None:
    """Run a plant's kernel."""
    kernel, configuration, arguments = plant(fixed)
    kernel[configuration](*arguments)


@pytest.fixture
def check() -> Callable[..., None]:
    """Require of a plant this error with these parts and every place, and silence when fixed."""

    def require(plant: Callable, error: type[Exception], *parts: str) -> None:
        with pytest.raises(error) as raised:
            launch(plant, fixed=False)
        message = str(raised.value)
        for part in (plant.__name__, *parts, *places(plant)):
            assert part in message, f"{part!r} is not in: {message}"
        launch(plant, fixed=True)

    return require
