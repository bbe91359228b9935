"""One run: the simulator, then the CPU device against the plain loops, then the cost of waiting."""

from collections.abc import Callable, Sequence

from crosscheck.benchmarks.cpu_device import simulator, waiting
from crosscheck.benchmarks.cpu_device.case import Case
from crosscheck.benchmarks.cpu_device.cases import CASES
from crosscheck.benchmarks.cpu_device.measure import shortest_times
from crosscheck.benchmarks.cpu_device.result import Result
from crosscheck.kernels.cpu import jit


def run(
    names: Sequence[str], advance: Callable[[str], None]
) -> tuple[list[Result], dict[str, float]]:
    """Measure these cases; return their results and the costs of waiting.

    `advance` is called with the name of each of steps(names) steps before it begins. Raises
    AssertionError for a wrong result, RuntimeError where the simulator's process fails.
    """
    advance("numba's simulator")
    simulator_seconds = {}
    for name, seconds in simulator.times([n for n in names if not CASES[n].simulator_limitation]):
        simulator_seconds[name] = seconds
        advance("numba's simulator")
    results = []
    for name in names:
        advance(name)
        results.append(_measure(CASES[name], simulator_seconds.get(name)))
    advance("barriers and shuffles")
    return results, waiting.costs()


def steps(names: Sequence[str]) -> int:
    """Return how many steps run(names) has."""
    return 2 + len(names) + sum(not CASES[name].simulator_limitation for name in names)


def _measure(case: Case, simulator_seconds: float | None) -> Result:
    kernel = jit(case.kernel)
    small, large = case.make(case.small), case.make(case.large)
    on_small = {"device": kernel[small.grid, small.block]}
    on_large = {"device": kernel[large.grid, large.block], "loop": case.loop}
    times = shortest_times(case.name, large, on_large)
    return Result(
        case.name,
        case.waits,
        simulator_seconds,
        device_small=shortest_times(case.name, small, on_small, seconds=0.1)["device"],
        device_large=times["device"],
        loop=times["loop"],
    )
