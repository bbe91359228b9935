"""The command `crosscheck`, which is also `python -m crosscheck`.

A command imports its subject only when it is called: `crosscheck --help` is quick, and the commands
whose packages are installed work. Exit status: the command's own; 2 for a wrong option, or when the
command needs a package that is not installed.
"""

import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

# The commands that have an app of their own: the module it is in, and its line in the help.
SUBJECTS = {
    "parity": ("crosscheck.parity.__main__", "Hold every kernel against PyTorch."),
    "inspect": (
        "crosscheck.kernels.inspect.__main__",
        "Compile the kernels as a launch would, and show what they take and what they do.",
    ),
    "bench": ("crosscheck.benchmarks.__main__", "Measure, side by side in one run."),
    "tune": (
        "crosscheck.tune",
        "Measure which algorithm of an operator is the fastest here, and remember it.",
    ),
    "train": (
        "crosscheck.examples.train_digits",
        "Train LeNet-5, and draw its loss, confusion matrix, filters and features.",
    ),
    "course": (
        "crosscheck.course.__main__",
        "Learn to write fast kernels in ten lessons, whose exercises are checked without a GPU.",
    ),
}


class _Commands(TyperGroup):
    """The group of all commands; loads a subject when it is called or completed, not for a list."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        name, command, rest = super().resolve_command(ctx, args)
        if name in SUBJECTS:
            try:
                command = typer.main.get_command(import_module(SUBJECTS[name][0]).app)
            except ModuleNotFoundError:
                if not ctx.resilient_parsing:  # as it is where a shell asks for completions
                    raise
        return name, command, rest


app = typer.Typer(cls=_Commands, no_args_is_help=True, pretty_exceptions_enable=False)


@app.callback()
def crosscheck() -> None:
    """CNN kernels you can read, run without a GPU, and trust."""


for _name, (_, _line) in SUBJECTS.items():
    app.command(_name, help=_line)(lambda: None)  # _Commands puts the subject's app in its place


def _tools() -> list[str]:
    from crosscheck.kernels.cpu.options import tools

    return [*tools.ALL]


@app.command(context_settings={"allow_interspersed_args": False})
def run(
    script: Annotated[
        list[str], typer.Argument(metavar="SCRIPT [ARGS]", help="The script, and its arguments.")
    ],
    module: Annotated[
        bool, typer.Option("-m", help="SCRIPT is the name of a module, as for `python -m`.")
    ] = False,
    sanitize: Annotated[
        bool, typer.Option("--sanitize", help="Use all tools of the sanitizer.")
    ] = False,
    tool: Annotated[
        list[str] | None,
        typer.Option(help="Use one of its tools; may be repeated.", autocompletion=_tools),
    ] = None,
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="Go on after what it finds; sum up at the end.")
    ] = False,
    same_value: Annotated[
        bool,
        typer.Option("--same-value", help="Count unordered writes of one same value as errors."),
    ] = False,
    deterministic: Annotated[
        bool, typer.Option("--deterministic", help="Run blocks one after the other, by number.")
    ] = False,
    seed: Annotated[
        int | None,
        typer.Option(help="Run blocks and threads in a random order, which this number repeats."),
    ] = None,
    mma: Annotated[
        str,
        typer.Option(help="How tensor cores (mma.sync) add: as an h100 or a100 does, or exact."),
    ] = "h100",
    debug: Annotated[
        bool,
        typer.Option("--debug", help="Run kernels in plain Python: breakpoint() works in them."),
    ] = False,
    thread: Annotated[
        str | None, typer.Option(metavar="X,Y,Z", help="Stop in this thread only, under --debug.")
    ] = None,
    block: Annotated[
        str | None, typer.Option(metavar="X,Y,Z", help="Stop in this block only, under --debug.")
    ] = None,
) -> None:
    """Run a script or notebook written for numba.cuda, unchanged, on the CPU device.

    The outputs of lesson.ipynb are in lesson.out.ipynb then.
    """
    from crosscheck.kernels.cpu import __main__ as cpu

    modes = dict(
        sanitize=tool or sanitize,
        keep_going=keep_going or None,
        same_value=same_value,
        deterministic=deterministic,
        seed=seed,
        mma=mma,
        debug=debug,
    )
    try:
        modes |= cpu.chosen(thread=thread, block=block)
        if script[0].endswith(".ipynb") and not module:
            from crosscheck import notebook

            if script[1:]:
                raise ValueError(f"{script[0]} is a notebook, which takes no arguments")
            sys.exit(notebook.run(Path(script[0]), **modes))
        cpu.run(script[0], script[1:], module, **modes)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


@app.command()
def cache(
    clear: Annotated[bool, typer.Option("--clear", help="Delete the compiled kernels.")] = False,
) -> None:
    """Show where compiled kernels are kept, how many there are, and how much space they take.

    What was measured by `crosscheck tune` lies there, too, and stays.
    """
    from crosscheck.kernels.cpu.compiler import cache

    files = cache.files()
    size = sum(file.stat().st_size for file in files)
    if clear:
        for file in files:
            file.unlink(missing_ok=True)
    what = f"{len(files):,} compiled kernels ({size / 1e6:,.1f} MB)"
    typer.echo(f"Deleted {what}." if clear else f"{what} in {cache.folder()}")


@app.command()
def doctor() -> None:
    """Show what is installed, which GPU there is, what is missing, and how to get it."""
    from crosscheck import doctor

    doctor.show()


def main(*command: str) -> None:
    """Run the command line, or with a name that command of it, and exit."""
    try:
        typer.main.get_command(app)([*command, *sys.argv[1:]], prog_name="crosscheck")
    except ModuleNotFoundError as error:
        from crosscheck import doctor

        package = doctor.OPTIONAL.get(str(error.name).partition(".")[0])
        if package is None:
            raise
        name = (*command, *sys.argv[1:])[0]
        line = doctor.pip_line(name if name in doctor.EXTRAS else package.extra)
        typer.echo(f"crosscheck {name} needs {package.name}: {line}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
