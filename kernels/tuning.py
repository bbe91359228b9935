"""`kernels.tune`: measure the algorithms of a direction on given arrays, and remember the fastest.

    from crosscheck import kernels
    from crosscheck.kernels import convolution

    kernels.tune(convolution.forward, x, w, padding=1)   # once, as cudnn.benchmark does
    convolution.forward(x, w, padding=1)                 # runs what was fastest

From then on a call without `algorithm` runs what was fastest for its problem, dtypes and strides on
this kind of device, in this process and in later ones. `crosscheck tune` shows what is known.
"""

import inspect
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from crosscheck.kernels import tuned
from crosscheck.kernels.algorithm import Unsupported
from crosscheck.kernels.arrays import Place, namespace
from crosscheck.kernels.call import Call
from crosscheck.kernels.operator import Direction, Operator
from crosscheck.kernels.tuned import Measured
from crosscheck.kernels.waves import Predicted

SECONDS = 0.2  # of measuring, for an algorithm
ROUNDS = 3, 100  # at least and at most


class Tuning(NamedTuple):
    """The fastest algorithm, the seconds of each, and why others have none."""

    algorithm: str
    seconds: Mapping[str, float]
    skipped: Mapping[str, str]


def tune(
    function: Callable,
    *arguments: Any,
    progress: Callable[[str], Any] = lambda algorithm: None,
    **options: Any,
) -> Tuning:
    """Measure a direction, such as `convolution.forward`, with each algorithm; remember the best.

    `function` is called with the arguments and options; an array that it would update in place is
    a copy. `progress` is called with the name of each algorithm before it is measured.

    An algorithm that does not take the problem, or that fails, is skipped. Raises TypeError or
    ValueError for arguments that the direction does not take, and RuntimeError where every
    algorithm fails.
    """
    operator, direction = _direction(function)
    call, given = _call(function, arguments, options)
    seconds, skipped = {}, {}
    for name in operator.algorithms[direction.name]:
        progress(name)
        try:
            own = _copied(call, given)
            seconds[name] = measure(lambda: function(**own, algorithm=name), call.place)  # noqa: B023
        except Unsupported as error:
            skipped[name] = str(error)
        except Exception as error:  # the others may do
            skipped[name] = f"{type(error).__name__}: {error}"
    if not seconds:
        raise RuntimeError(f"tune: no algorithm of {call.op} ran: {skipped}")
    best = min(seconds, key=seconds.__getitem__)
    tuned.remember(call.tuning_key, Measured(best, seconds))
    operator.forget()  # what is known of calls was chosen before
    return Tuning(best, seconds, skipped)


def predict(function: Callable, *arguments: Any, **options: Any) -> Mapping[str, Predicted]:
    """Return what a direction is predicted to take on a GPU with each algorithm, the best first.

    It is the GPU of the arrays, for NumPy's an H200. A call without a name runs the first there,
    unless `tune` measured another to be faster. Nothing is launched. Raises like `tune`.
    """
    call, _ = _call(function, arguments, options)
    return call.predictions()


def _call(
    function: Callable, arguments: tuple, options: Mapping[str, Any]
) -> tuple[Call, Mapping[str, Any]]:
    """Return a direction's call without a name and outputs, and its arguments by name."""
    operator, direction = _direction(function)
    given = inspect.signature(function).bind(*arguments, **options)
    given.apply_defaults()
    for name in ("algorithm", *direction.outs):
        if given.arguments.pop(name, None) is not None:
            raise TypeError(f"tune: {name} is given; expected the arguments of a call without it")
    outs, values = (None,) * len(direction.outs), tuple(given.arguments.values())
    return Call(operator, direction, None, outs, values), given.arguments


def _direction(function: Callable) -> tuple[Operator, Direction]:
    operator = getattr(function, "operator", None)
    if not isinstance(operator, Operator):
        expected = "a direction of an operator, such as convolution.forward"
        raise TypeError(f"tune: function is {function!r}; expected {expected}")
    return operator, operator.directions[function.__name__]


def _copied(call: Call, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments, with copies of the arrays that the call would change."""
    copies = {
        name: namespace(arguments[name]).copy(arguments[name])
        for name in call.plan.updated
        if arguments[name] is not None
    }
    return {**arguments, **copies}


def measure(run: Callable[[], Any], where: Place) -> float:
    """Return the shortest time of a run in seconds, once it is warm: on a GPU that of the GPU."""
    timed = _seconds_here if where.gpu is None else _seconds_on_gpu
    timed(run, where)
    timed(run, where)
    times: list[float] = []
    while len(times) < ROUNDS[0] or (len(times) < ROUNDS[1] and sum(times) < SECONDS):
        times.append(timed(run, where))
    return min(times)


def _seconds_here(run: Callable[[], Any], where: Place) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def _seconds_on_gpu(run: Callable[[], Any], where: Place) -> float:
    """Not run on a GPU yet."""
    events = where.library.cuda.Event(), where.library.cuda.Event()
    events[0].record()
    run()
    events[1].record()
    events[1].synchronize()
    return where.library.cuda.get_elapsed_time(*events) / 1e3  # of milliseconds
