"""Bad input, which PyTorch refuses: nn.functional must refuse it, too, before any launch.

Where it is known only on a GPU, the call waits for it here (kernels.deferred).
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from inspect import signature
from operator import attrgetter
from unittest import mock

from crosscheck import nn
from crosscheck.kernels import deferred, in_range
from crosscheck.kernels.launch import Kernel
from crosscheck.nn.tensor import tensor
from crosscheck.parity import reference
from crosscheck.parity.case import Case
from crosscheck.parity.check import DEFAULT
from crosscheck.parity.operators import OPERATORS
from crosscheck.parity.placement import to_device
from crosscheck.parity.result import Result


class Launched(Exception):
    """A kernel was about to be launched on bad input."""


def check_rejects(case: Case, dtype: str, device: str) -> Result:
    """Return the result of calling nn.functional with bad input.

    It passes if the function raises TypeError, ValueError, RuntimeError, or IndexError where
    PyTorch does, with a message that names one of its arguments. It fails if PyTorch accepts the
    input: then the case is wrong.
    """
    refusal = reference.rejection(case.op, case.inputs, case.options)
    message = _failure(case, device, refusal) if refusal else "PyTorch accepts this input"
    return Result(
        op=case.op,
        direction="rejects",
        algorithm=DEFAULT,
        dtype=dtype,
        device=device,
        suite=case.suite,
        case=case.name,
        ok=not message,
        message=message,
        repro=case.command(device=device),
    )


def _failure(case: Case, device: str, refusal: Exception) -> str:
    refusals = (TypeError, ValueError, RuntimeError)
    if isinstance(refusal, IndexError):
        refusals += (IndexError,)
    function = attrgetter(OPERATORS[case.op].nn_function)(nn)
    tensors = {name: tensor(to_device(each, device)) for name, each in case.inputs.items()}
    try:
        with deferred.synchronous(), _no_launches():
            function(**tensors, **case.options)
    except refusals as error:
        words = set(re.findall(r"\w+", str(error)))
        if words & set(signature(function).parameters):
            return ""
        return f"the message names no argument: {error}"
    except Launched:
        return f"a kernel was launched on {case.rejects}"
    except Exception as error:  # an IndexError, say: an accident, not a check
        return f"{type(error).__name__}, which is no rejection: {error}"
    return f"accepted {case.rejects}"


@contextmanager
def _no_launches() -> Iterator[None]:
    """Refuse all launches but that which looks at values: a GPU has no other way to them."""
    launch = Kernel.__getitem__

    def refuse(kernel: Kernel, configuration: tuple) -> Callable[..., None]:
        if kernel is not in_range.range_kernel:
            raise Launched
        return launch(kernel, configuration)

    with mock.patch.object(Kernel, "__getitem__", refuse):
        yield
