"""Evaluate many of libdevice's functions with one kernel, to compile once."""

import pytest

from crosscheck.kernels.cpu.language.libdevice import MEMBERS


@pytest.fixture
def evaluate(elementwise):
    """Return what evaluates {name: libdevice.name(*arguments)} elementwise.

    A function of several results has one row for each.
    """

    def run(names, results, *arguments):
        assert set(names) <= MEMBERS.keys()
        given = ", ".join(f"x{n}[i]" for n in range(len(arguments)))
        calls = {name: f"libdevice.{name}({given})" for name in names}
        return elementwise(calls, results, *arguments)

    return run
