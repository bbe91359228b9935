"""`python -m crosscheck.kernels.cpu SCRIPT [ARGS]` runs an unchanged numba.cuda script on the CPU.

    python -m crosscheck.kernels.cpu matmul.py 512             # like: python matmul.py 512
    python -m crosscheck.kernels.cpu -m pytest tests           # like: python -m pytest tests
    python -m crosscheck.kernels.cpu --tool racecheck sum.py

The stand-in (cuda/) takes numba.cuda's place, also in processes that the script starts. Options
before the script are modes of all launches; what follows the script are its own arguments.
"""

import argparse
import runpy
import sys
import types
from pathlib import Path
from types import TracebackType

from .cuda.install import install, install_in_children
from .options import modes, tools

_WITH_A_VALUE = ("--seed", "--tool")


def _parser(command: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=command,
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
        "--deterministic", action="store_true", help="run blocks one at a time, by number"
    )
    parser.add_argument(
        "--seed",
        type=int,
        metavar="N",
        help="run blocks and threads in a random order, which N repeats",
    )
    return parser


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


def _run_script(script: str, arguments: list[str]) -> None:
    """Run a file as __main__, like `python script`."""
    main = types.ModuleType("__main__")
    vars(main).update(__file__=script, __builtins__=__builtins__)
    sys.modules["__main__"] = main
    sys.argv = [script, *arguments]
    sys.path[0] = str(Path(script).resolve().parent)
    exec(compile(Path(script).read_bytes(), script, "exec"), vars(main))


def _run_module(module: str, arguments: list[str]) -> None:
    """Run a module as __main__, like `python -m module`."""
    sys.argv = [module, *arguments]
    sys.path[0] = str(Path.cwd())
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def main(arguments: list[str] | None = None, command: str = f"python -m {__package__}") -> None:
    """Run a script or a module: `command [options] SCRIPT [ARGS]`, or with -m MODULE.

    `arguments` are those of the process by default; `command` is its name in messages. Raises
    SystemExit for wrong options, and with status 1 after printing what the script raised.
    """
    parser = _parser(command)
    own, rest = _split(sys.argv[1:] if arguments is None else arguments)
    chosen = parser.parse_args(own)
    if not rest or rest == ["-m"]:
        parser.error("there is no script; expected SCRIPT or -m MODULE")
    as_module = rest[0].startswith("-m")
    if not as_module and not Path(rest[0]).is_file():
        parser.error(f"{rest[0]}: no such script")
    sanitize = chosen.sanitize or chosen.tool or False
    changed = {"sanitize": sanitize, "deterministic": chosen.deterministic, "seed": chosen.seed}
    try:
        modes.set_default(**changed)
    except ValueError as error:
        parser.error(str(error))
    install()
    install_in_children(**changed)
    try:
        if not as_module:
            _run_script(rest[0], rest[1:])
        elif rest[0] == "-m":
            _run_module(rest[1], rest[2:])
        else:
            _run_module(rest[0][2:], rest[1:])
    except Exception as error:
        shown = error.with_traceback(_script_frames(error.__traceback__))
        sys.excepthook(type(shown), shown, shown.__traceback__)
        sys.exit(1)


if __name__ == "__main__":
    main()
