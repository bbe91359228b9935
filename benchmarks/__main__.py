"""`python -m benchmarks NAME`: one measurement, as a table."""

import typer
from rich.console import Console

from benchmarks import cpu_device

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def benchmarks() -> None:
    """Measure, side by side in one run."""


@app.command("cpu-device")
def run_cpu_device() -> None:
    """The CPU device against numba's simulator, on the tiled matrix product; 15 seconds."""
    cpu_device.report(Console())


if __name__ == "__main__":
    app()
