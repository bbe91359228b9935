"""A fingerprint: the same wherever a function stands, another when what it does changes."""

import types

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
