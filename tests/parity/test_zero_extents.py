"""Extents of 0 in every position and layout: PyTorch's results, or a refusal where it refuses.

The problems are random ones of each operator with the extents of 0 put in: all extents that are
equal at once (they may have to be, as channels of input and weight), one axis of all arrays, and
each axis of each array alone.
"""

import re
from dataclasses import replace

import numpy as np
import pytest

from crosscheck.parity import expected
from crosscheck.parity.case import Case
from crosscheck.parity.fuzzing.shrink import named
from crosscheck.parity.operators import OPERATORS
from crosscheck.parity.rejects import check_rejects
from crosscheck.parity.run import run_case

DRAWS = 12
LAYOUTS = ("contiguous", "strided", "transposed", "channels_last", "reversed", "broadcast")

# What PyTorch broadcasts, or does not look at where there are no channels, these want to fit.
STRICT = ("linear", "batch_norm", "instance_norm")
MISFIT = re.compile(r"shape is .*; expected \(")
ACCIDENT = "select(): index 0"  # PyTorch's own bug with empty arrays, not a check


def problems(op):
    """Yield inputs with extents of 0, and options."""
    for number in range(DRAWS):
        inputs, options = OPERATORS[op].fuzz(np.random.default_rng((10, number)))
        shapes = {name: np.shape(each) if is_array(each) else each for name, each in inputs.items()}
        rank = len(shapes.get("input", next(iter(shapes.values()))))  # an input may be a number
        changes = []
        for equal in sorted({extent for shape in shapes.values() for extent in shape}):
            changes.append({n: tuple(e * (e != equal) for e in s) for n, s in shapes.items()})
        for axis in range(rank):
            alike = {name: shape for name, shape in shapes.items() if len(shape) == rank}
            changes.append({name: with_zero(shape, axis) for name, shape in alike.items()})
        for name, shape in shapes.items():
            changes += [{name: with_zero(shape, axis)} for axis in range(len(shape))]
        for change in changes:
            yield inputs | {name: filled(inputs[name], change[name]) for name in change}, options


def with_zero(shape, axis):
    return (*shape[:axis], 0, *shape[axis + 1 :])


def is_array(spec):
    return isinstance(spec, np.ndarray)


def filled(spec, shape):
    return np.resize(spec, shape) if is_array(spec) else shape


def arrays(inputs, fill):
    """Return the inputs with `fill(shape)` for each that is a shape."""
    return {name: each if is_array(each) else fill(each) for name, each in inputs.items()}


def placed(case, layout):
    """Return the case in the layout."""
    if layout != "broadcast":
        return replace(case, layout=layout)
    repeated = arrays(case.inputs, lambda shape: np.broadcast_to(np.ones((), "float32"), shape))
    return replace(case, inputs=repeated, layout="given")


@pytest.mark.parametrize("op", OPERATORS)
@pytest.mark.filterwarnings("ignore:.*they are broadcast")
def test_is_torchs_or_refused(op):
    seen, compared, wrong = set(), 0, []
    for inputs, options in problems(op):
        case = named(Case(op, "fuzz", "", "an extent of 0", inputs, options))
        if case.name in seen:
            continue
        seen.add(case.name)
        try:
            expected.of(case, "float32")
        except ValueError as refusal:
            bad = replace(case, inputs=arrays(inputs, lambda s: np.zeros(s, "float32")))
            result = check_rejects(replace(bad, rejects="it"), "float32", "cpu")
            if not result.ok and ACCIDENT not in str(refusal):
                wrong.append((case.name, str(refusal), result.message))
            continue
        except RuntimeError:  # its gradients alone are refused
            continue
        compared += 1
        for layout in LAYOUTS:
            if layout == "broadcast" and OPERATORS[op].updates:
                continue  # what is written to cannot be broadcast
            failures = [
                (layout, each.repro, each.message)
                for each in run_case(placed(case, layout), "float32", "cpu", None)
                if not each.ok
            ]
            if op not in STRICT or not any(MISFIT.search(each[-1]) for each in failures):
                wrong += failures
    assert not wrong, wrong[:5]
    assert compared >= 5
