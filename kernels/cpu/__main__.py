"""`python -m crosscheck.kernels.cpu SCRIPT [ARGS]`: an unchanged numba.cuda script, on the CPU.

    python -m crosscheck.kernels.cpu matmul.py 512             # as: python matmul.py 512
    python -m crosscheck.kernels.cpu -m pytest tests           # as: python -m pytest tests
    python -m crosscheck.kernels.cpu --tool racecheck sum.py

The stand-in (cuda/) takes numba.cuda's place; then the script runs as Python runs it. Options
before the script are modes of every launch; all behind it is the script's. Processes that the
script starts have the stand-in, too.
"""

import argparse
import os
import runpy
import sys
import types
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from .cuda.install import install, install_in_children
from .options import modes, tools

_WITH_A_VALUE = ("--seed", "--tool")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"python -m {__package__}",
        usage="%(prog)s [options] SCRIPT [ARGS]\n       %(prog)s [options] -m MODULE [ARGS]",
        description="Run a script or a module written for numba.cuda, unchanged, on the CPU.",
    )
    parser.add_argument("--sanitize", action="store_true", help="use all tools of the sanitizer")
    parser.add_argument(
        "--tool", action="append", choices=tools.ALL, help="use one of its tools; may be repeated"
    )
    parser.add_argument(
        "--deterministic", action="store_true", help="run blocks one after the other, by number"
    )
    parser.add_argument(
        "--seed",
        type=int,
        metavar="N",
        help="run blocks and threads in a random order: N repeats it",
    )
    return parser


def _split(arguments: list[str]) -> tuple[list[str], list[str]]:
    """Return our own options, and the script or -m MODULE with its arguments."""
    place = 0
    while place < len(arguments) and arguments[place].startswith("-"):
        if arguments[place].startswith("-m"):
            break
        place += 2 if arguments[place] in _WITH_A_VALUE else 1
    return arguments[:place], arguments[place:]


def _own_frames(traceback: TracebackType | None) -> TracebackType | None:
    """Return the traceback from the script's first frame on."""
    hidden = (__file__, runpy.__file__, "<frozen runpy>")
    while traceback is not None and traceback.tb_frame.f_code.co_filename in hidden:
        traceback = traceback.tb_next
    return traceback


def _first_on_path(folder: str) -> None:
    """Put the folder where Python puts the one that it imports a program's own modules from."""
    if not sys.flags.safe_path:
        sys.path[0] = folder


def _run_script(script: str, arguments: Sequence[str]) -> None:
    """Run a file as __main__, as `python script` does."""
    main = types.ModuleType("__main__")
    vars(main).update(__file__=script, __builtins__=__builtins__)
    sys.modules["__main__"] = main
    sys.argv = [script, *arguments]
    _first_on_path(str(Path(script).resolve().parent))
    exec(compile(Path(script).read_bytes(), script, "exec"), vars(main))


def _run_module(module: str, arguments: Sequence[str]) -> None:
    """Run a module as __main__, as `python -m module` does."""
    sys.argv = [module, *arguments]
    _first_on_path(os.getcwd())
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def run(program: str, arguments: Sequence[str], is_module: bool, **changes: Any) -> None:
    """Install the stand-in and run a script, or a module, in these modes of every launch.

    An exception ends the process as it ends Python. Raises ValueError for a script that does not
    exist, and for a mode that is none.
    """
    if not is_module and not Path(program).is_file():
        raise ValueError(f"{program}: no such script")
    modes.set_default(**changes)
    install()
    install_in_children(**changes)
    try:
        (_run_module if is_module else _run_script)(program, arguments)
    except (Exception, KeyboardInterrupt) as error:
        shown = error.with_traceback(_own_frames(error.__traceback__))
        sys.excepthook(type(shown), shown, shown.__traceback__)
        sys.exit(130 if isinstance(error, KeyboardInterrupt) else 1)


def main() -> None:
    """Read the options, and run what follows them."""
    parser = _parser()
    own, rest = _split(sys.argv[1:])
    chosen = parser.parse_args(own)
    is_module = bool(rest) and rest[0].startswith("-m")
    if is_module:
        rest = [rest[0][2:], *rest[1:]] if rest[0] != "-m" else rest[1:]
    if not rest:
        parser.error("there is no script; expected SCRIPT or -m MODULE")
    sanitize = chosen.sanitize or chosen.tool or False
    changes = dict(sanitize=sanitize, deterministic=chosen.deterministic, seed=chosen.seed)
    try:
        run(rest[0], rest[1:], is_module, **changes)
    except ValueError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
