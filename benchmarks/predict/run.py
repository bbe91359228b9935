"""The predictions of suites on a GPU, one call after the other."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from crosscheck.benchmarks.gpus import Gpu
from crosscheck.benchmarks.predict import processes
from crosscheck.benchmarks.predict.calls import Call, calls, directions, operators
from crosscheck.benchmarks.predict.prediction import Prediction, named, predict
from crosscheck.benchmarks.suites import SUITES, Layer
from crosscheck.kernels.algorithm import Unsupported
from crosscheck.kernels.gpu import CompilerMissing
from crosscheck.kernels.inspect import disassembler, toolchain

Report = Callable[[str, int], None]  # what comes next, how many parts are done
Layers = Sequence[tuple[str, Layer]]  # each with its suite


def check(suites: Sequence[str], ops: Sequence[str], algorithms: Sequence[str]) -> Layers:
    """Return the layers of these suites and operators; empty: all. Asked before long work starts.

    Raises ValueError where that is no layer, or an algorithm is none of theirs, and
    kernels.gpu.CompilerMissing where a part of the compiler, or the disassembler, is missing.
    """
    found = [(suite, each) for suite in suites or SUITES for each in SUITES[suite]]
    there = sorted({layer.op for _, layer in found})
    for op in ops:
        if op not in there:
            raise ValueError(f"op is {op!r}; expected one of {', '.join(there)}")
    found = [(suite, layer) for suite, layer in found if not ops or layer.op in ops]
    tables = (operators()[layer.op].algorithms for _, layer in found)
    known = sorted({name for each in tables for table in each.values() for name in table})
    for name in algorithms:
        if name not in known:
            raise ValueError(f"algorithm is {name!r}; expected one of {', '.join(known)}")
    parts = toolchain.versions()
    missing = [part for part, version in parts.items() if version is None]
    if missing or not parts:
        text = f"the compiler lacks {', '.join(missing) or 'numba-cuda'}"
        raise CompilerMissing(f"{text}; {disassembler.MISSING.partition(': ')[2]}")
    return found


@dataclass(frozen=True)
class Part:
    """What is predicted together: the algorithms of one direction of a layer; none named: all."""

    gpu: Gpu
    suite: str
    layer: Layer
    layout: str
    direction: str
    algorithms: tuple[str, ...]

    def predictions(self) -> Iterator[Prediction]:
        """Yield a prediction for each algorithm that takes the layer. What cannot be predicted is
        a row with its problem.
        """
        try:
            for call in calls(
                self.suite, self.layer, [self.direction], self.algorithms, self.layout
            ):
                yield from _predicted(call, self.gpu)
        except MemoryError as error:  # more than the operating system even promises
            layer = self.layer
            what = self.suite, layer.name, layer.op, self.direction, "", self.layout, self.gpu.name
            yield Prediction(*what, layer.count, problem=_problem(error))

    def __str__(self) -> str:
        return f"{self.suite}: {self.layer.name} {self.direction}"


def parts(
    gpu: Gpu,
    layers: Layers,
    chosen: Sequence[str] = (),
    algorithms: Sequence[str] = (),
    layouts: Sequence[str] = (),
) -> list[Part]:
    """Return the parts in which these directions of layers are predicted; empty: all, in NCHW."""
    return [
        Part(gpu, suite, layer, layout, direction, tuple(algorithms))
        for suite, layer in layers
        for layout in layouts or ("nchw",)
        for direction in directions(layer.op)
        if not chosen or direction in chosen
    ]


def run(
    parts: Sequence[Part],
    jobs: int = 1,
    report: Report = lambda what, done: None,
) -> Iterator[Prediction]:
    """Yield the predictions of parts, in order, by so many processes.

    Raises RuntimeError where one of several processes died.
    """
    several = jobs > 1 and len(parts) > 1
    found = processes.run(parts, jobs) if several else (each.predictions() for each in parts)
    for done, (part, predictions) in enumerate(zip(parts, found, strict=True)):
        report(str(part), done)
        yield from predictions


def _predicted(call: Call, gpu: Gpu) -> Iterator[Prediction]:
    try:
        yield predict(call, gpu)
    except Unsupported:
        return
    except (MemoryError, RuntimeError, ValueError, LookupError) as error:
        yield Prediction(**named(call, gpu), problem=_problem(error))


def _problem(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0]
