"""`python -m crosscheck.kernels.cpu SCRIPT [ARGS]` runs an unchanged numba.cuda script on the CPU.

    python -m crosscheck.kernels.cpu matmul.py 512             # like: python matmul.py 512
    python -m crosscheck.kernels.cpu -m pytest tests           # like: python -m pytest tests
    python -m crosscheck.kernels.cpu --tool racecheck sum.py
    python -m crosscheck.kernels.cpu --debug sum.py            # stops at breakpoint() in a kernel

The stand-in (cuda/) takes numba.cuda's place, also in processes that the script starts. Options
before the script are modes of all launches; what follows the script are its own arguments.
"""

import argparse
import bdb
import contextlib
import os
import runpy
import sys
import types
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from .cuda.install import install, install_in_children
from .launch import tracebacks
from .options import modes, tools
from .sanitizer import log

_WITH_A_VALUE = ("--seed", "--tool", "--mma", "--thread", "--block")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"python -m {__package__}",
        usage="%(prog)s [options] SCRIPT [ARGS]\n       %(prog)s [options] -m MODULE [ARGS]",
        description="Run a script or a module written for numba.cuda, unchanged, on the CPU.",
    )
    parser.add_argument(
        "--sanitize", action="store_true", help="run under all tools of the sanitizer"
    )
    parser.add_argument(
        "--tool",
        action="append",
        choices=tools.ALL,
        help="run under one of its tools; may be repeated",
    )
    parser.add_argument(
        "--keep-going",
        action="store_true",
        default=None,
        help="go on after what the sanitizer finds, and sum up at the end",
    )
    parser.add_argument(
        "--same-value",
        action="store_true",
        help="count unordered writes of one same value as errors, too",
    )
    parser.add_argument(
        "--deterministic", action="store_true", help="run blocks one at a time, by number"
    )
    parser.add_argument(
        "--seed",
        type=int,
        metavar="N",
        help="run blocks and threads in a random order, which N repeats",
    )
    parser.add_argument(
        "--mma",
        choices=modes.MMA_MODELS,
        default=modes.current().mma,
        help="the GPU whose tensor cores' addition mma.sync has",
    )
    parser.add_argument(
        "--debug", action="store_true", help="run in plain Python: breakpoint() works in kernels"
    )
    for name in ("thread", "block"):
        text = f"stop at breakpoint() in this {name} only, under --debug"
        parser.add_argument(f"--{name}", metavar="X,Y,Z", help=text)
    return parser


def chosen(**positions: str | None) -> dict[str, tuple[int, ...]]:
    """Return the modes for positions such as "3,0,0". Raises ValueError for what is none."""
    modes = {}
    for name, text in positions.items():
        if text is not None:
            items = text.split(",")
            if not all(item.isdecimal() for item in items):
                expected = "1 to 3 integers of at least 0, such as 3,0,0"
                raise ValueError(f"{name} is {text!r}; expected {expected}")
            modes[name] = tuple(map(int, items))
    return modes


def _split(arguments: list[str]) -> tuple[list[str], list[str]]:
    """Return our own options, and the script or -m MODULE with its arguments."""
    end = 0
    while end < len(arguments) and arguments[end].startswith("-"):
        if arguments[end].startswith("-m"):
            break
        end += 2 if arguments[end] in _WITH_A_VALUE else 1
    return arguments[:end], arguments[end:]


def _script_frames(traceback: TracebackType | None) -> TracebackType | None:
    """Return the traceback from the first frame of the script on."""
    hidden = (__file__, runpy.__file__, "<frozen runpy>")
    while traceback is not None and traceback.tb_frame.f_code.co_filename in hidden:
        traceback = traceback.tb_next
    return traceback


def _first_on_path(folder: str) -> None:
    """Put the folder first on the path, as Python does for a program's own modules."""
    if not sys.flags.safe_path:
        sys.path[0] = folder


def _run_script(script: str, arguments: Sequence[str]) -> None:
    """Run a file as __main__, like `python script`."""
    main = types.ModuleType("__main__")
    vars(main).update(__file__=script, __builtins__=__builtins__)
    sys.modules["__main__"] = main
    sys.argv = [script, *arguments]
    _first_on_path(str(Path(script).resolve().parent))
    exec(compile(Path(script).read_bytes(), script, "exec"), vars(main))


def _run_module(module: str, arguments: Sequence[str]) -> None:
    """Run a module as __main__, like `python -m module`."""
    sys.argv = [module, *arguments]
    _first_on_path(os.getcwd())
    runpy.run_module(module, run_name="__main__", alter_sys=True)


@contextlib.contextmanager
def _summed_up() -> Iterator[None]:
    """Sum up what the sanitizer finds inside. A finding makes an exit status of 0 one of 1."""
    status: Any = None
    try:
        yield
    except SystemExit as exit:
        status = exit.code
    found = log.summary()
    if status or found:
        sys.exit(status or 1)


def run(program: str, arguments: Sequence[str], is_module: bool, **changed: Any) -> None:
    """Install the stand-in, and run a script or a module with these modes of all launches.

    An exception of the program ends the process, as it ends Python. With keep_going, a summary of
    what the sanitizer found follows, and a finding makes the exit status 1.
    Raises ValueError for a script that does not exist, and for a wrong mode; ModuleNotFoundError
    where a mode needs greenlet.
    """
    if not is_module and program.endswith(".ipynb"):
        how = f"-m jupyter nbconvert --to notebook --execute {program}"
        raise ValueError(f"{program} is a notebook; expected a script, or {how}")
    if not is_module and not Path(program).is_file():
        raise ValueError(f"{program}: no such script")
    modes.set_default(**changed)
    install()
    install_in_children(**changed)
    with _summed_up() if modes.current().goes_on else contextlib.nullcontext():
        try:
            (_run_module if is_module else _run_script)(program, arguments)
        except bdb.BdbQuit:  # the user's answer at a breakpoint
            sys.exit(1)
        except (Exception, KeyboardInterrupt) as error:
            shown = error.with_traceback(_script_frames(error.__traceback__))
            tracebacks.trim(shown)
            sys.excepthook(type(shown), shown, shown.__traceback__)
            sys.exit(130 if isinstance(error, KeyboardInterrupt) else 1)


def main() -> None:
    """Read the options, and run what follows them."""
    parser = _parser()
    own, rest = _split(sys.argv[1:])
    options = parser.parse_args(own)
    is_module = bool(rest) and rest[0].startswith("-m")
    if is_module:
        rest = [rest[0][2:], *rest[1:]] if rest[0] != "-m" else rest[1:]
    if not rest:
        parser.error("there is no script; expected SCRIPT or -m MODULE")
    changes = vars(options)
    changes["sanitize"] = changes.pop("tool") or changes["sanitize"]
    try:
        changes |= chosen(thread=changes.pop("thread"), block=changes.pop("block"))
        run(rest[0], rest[1:], is_module, **changes)
    except (ValueError, ModuleNotFoundError) as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
