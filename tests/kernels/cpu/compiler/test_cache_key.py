"""A fingerprint: the same wherever a function stands, another when what it does changes."""

import subprocess
import sys
import types
from dataclasses import dataclass

from crosscheck.kernels.cpu.compiler.cache_key import fingerprint

SOURCE = """
def helper(x):
    return x * FACTOR

def function(x):
    return [helper(each) for each in x]
"""


def made(source, **names):
    """Return `function` of a source, compiled as a module of its own."""
    module = types.ModuleType("module")
    module.__dict__.update(names)
    exec(compile(source, "module.py", "exec"), module.__dict__)
    module.helper.py_func = module.helper  # as a compiled function has it
    return module.function


def test_lines_do_not_count():
    moved = "\n\n# a comment\n" + SOURCE.replace("def function", "\n\ndef function")
    assert fingerprint(made(SOURCE, FACTOR=2)) == fingerprint(made(moved, FACTOR=2)) != ""


def test_what_a_function_reaches_counts():
    first = fingerprint(made(SOURCE, FACTOR=2))
    assert fingerprint(made(SOURCE, FACTOR=3)) != first
    assert fingerprint(made(SOURCE.replace("x * ", "x + "), FACTOR=2)) != first


@dataclass(frozen=True)
class Scale:
    """What a function may refer to: a number, and a function of its own."""

    by: int
    rounded: types.FunctionType


def test_what_a_data_class_holds_counts():
    def up(x):
        return x + 1

    def down(x):
        return x - 1

    source = SOURCE.replace("x * FACTOR", "FACTOR.rounded(x) * FACTOR.by")
    held = Scale(2, up), Scale(3, up), Scale(2, down)
    found = [fingerprint(made(source, FACTOR=each)) for each in held]
    assert len(set(found)) == 3 and all(found)


def test_what_the_kernels_register_with_numba_can_be_described():
    """Else no program of a process that imports them would be kept on disk."""
    code = (
        "import crosscheck.nn, crosscheck.kernels.ptx, crosscheck.kernels.inspect.launches\n"
        "from crosscheck.kernels.cpu.compiler import cache_key, extensions\n"
        "for _, own in extensions.registered():\n"
        "    assert cache_key.fingerprint(own), own\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
