"""One run: the cases in the simulator, then on our device beside the plain loops, then waiting."""

from collections.abc import Callable, Sequence

from crosscheck.benchmarks.cpu_device import simulator, waiting
from crosscheck.benchmarks.cpu_device.case import Case
from crosscheck.benchmarks.cpu_device.cases import CASES
from crosscheck.benchmarks.cpu_device.measure import shortest
from crosscheck.benchmarks.cpu_device.result import Result
from crosscheck.kernels.cpu import jit


def run(
    names: Sequence[str], advance: Callable[[str], None]
) -> tuple[list[Result], dict[str, float]]:
    """Measure these cases; return their results and what waiting costs.

    `advance` is called before each of steps(names) steps with a word on it. Raises AssertionError
    where a result is wrong.
    """
    advance("numba's simulator")
    simulated = {}
    for name, seconds in simulator.times([n for n in names if not CASES[n].beyond_simulator]):
        simulated[name] = seconds
        advance("numba's simulator")
    results = []
    for name in names:
        advance(name)
        results.append(_measure(CASES[name], simulated.get(name)))
    advance("barriers and shuffles")
    return results, waiting.costs()


def steps(names: Sequence[str]) -> int:
    """Return how many steps run(names) has."""
    return 2 + len(names) + sum(not CASES[name].beyond_simulator for name in names)


def _measure(case: Case, simulator_seconds: float | None) -> Result:
    kernel = jit(case.kernel)
    small, large = case.make(case.small), case.make(case.large)
    on_small = {"ours": kernel[small.grid, small.block]}
    on_large = {"ours": kernel[large.grid, large.block], "loop": case.loop}
    found = shortest(case.name, large, on_large)
    return Result(
        case.name,
        case.waits,
        simulator_seconds,
        shortest(case.name, small, on_small, seconds=0.1)["ours"],
        found["ours"],
        found["loop"],
    )
