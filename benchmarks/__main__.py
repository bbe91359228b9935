"""`crosscheck bench NAME`, which is also `python -m crosscheck.benchmarks NAME`."""

if __name__ == "__main__":  # first: what is imported below may not be installed
    from crosscheck.__main__ import main

    main("bench")

import typer

from crosscheck.benchmarks.commands import (
    compare,
    cpu_device,
    day,
    numba_cuda_tests,
    predict,
    report,
    run,
)

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def benchmarks() -> None:
    """Measure, side by side in one run."""


app.command("run")(run.command)
app.command("list")(run.show)
app.command("day")(day.command)
app.command("compare")(compare.command)
app.command("report")(report.command)
app.command("predict")(predict.command)
app.command("cpu-device")(cpu_device.command)
app.command("numba-cuda-tests")(numba_cuda_tests.command)
