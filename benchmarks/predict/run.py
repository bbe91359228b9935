"""The predictions of suites on a GPU, one call after the other."""

from collections.abc import Callable, Iterator, Sequence

from crosscheck.benchmarks.gpus import Gpu
from crosscheck.benchmarks.predict.calls import Call, calls, operators
from crosscheck.benchmarks.predict.prediction import Prediction, named, predict
from crosscheck.benchmarks.row import DIRECTIONS
from crosscheck.benchmarks.suites import SUITES, Layer
from crosscheck.kernels.algorithm import Unsupported
from crosscheck.kernels.gpu import CompilerMissing
from crosscheck.kernels.inspect import disassembler, toolchain

Report = Callable[[str, int], None]  # what comes next, how many layers are done
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


def run(
    gpu: Gpu,
    layers: Layers,
    directions: Sequence[str] = (),
    algorithms: Sequence[str] = (),
    layouts: Sequence[str] = (),
    report: Report = lambda what, done: None,
) -> Iterator[Prediction]:
    """Yield a prediction for each algorithm that takes a layer; empty: all, in NCHW.

    What cannot be predicted is a row with its problem.
    """
    chosen = [(suite, layer, each) for suite, layer in layers for each in layouts or ("nchw",)]
    for done, (suite, layer, layout) in enumerate(chosen):
        report(f"{suite}: {layer.name}", done)
        try:
            for call in calls(suite, layer, directions or DIRECTIONS, algorithms, layout):
                report(f"{suite}: {call}", done)
                yield from _predicted(call, gpu)
        except MemoryError as error:  # more than the operating system even promises
            what = (suite, layer.name, layer.op, "", "", layout, gpu.name, layer.count)
            yield Prediction(*what, problem=_problem(error))


def _predicted(call: Call, gpu: Gpu) -> Iterator[Prediction]:
    try:
        yield predict(call, gpu)
    except Unsupported:
        return
    except (MemoryError, RuntimeError, ValueError, LookupError) as error:
        yield Prediction(**named(call, gpu), problem=_problem(error))


def _problem(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0]
