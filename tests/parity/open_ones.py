"""Operators of which a test is known to fail: it has to be taken off the list when it passes."""

import pytest


def with_open_ones(operators, known, reason):
    """Return the parameters of a test of every operator; those known to fail have to."""
    mark = pytest.mark.xfail(strict=True, reason=reason)
    return [pytest.param(op, marks=mark if op in known else ()) for op in operators]
