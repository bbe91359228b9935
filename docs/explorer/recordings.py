"""What three convolution kernels ask of memory, as the explorer's second view shows it.

The layer has 64 filters over one image of one channel, 16 x 16. For each geometry and algorithm the
memory microscope (docs/memory.md) records a launch on the CPU device. Kept are the requests of the
warps that compute filter 0, in the order of the program:

    lines      [array, load or store, shared or global, bytes a lane, the line of the source]
    totals     over the launch and all lines of the above: requests, and of global memory bytes
               requested and moved, of shared memory passes and passes without conflicts
    patterns   the lanes of a request: runs of [first lane, lanes, first offset, step], in bytes
    requests   [line, pattern, address, cost, bytes requested or passes without conflicts]; cost is
               sectors in global memory, passes in shared memory; arrays begin at address 0
    warps      [block, warp, the numbers of its requests]
"""

import linecache
from collections.abc import Iterator
from graphlib import TopologicalSorter
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from accesses import ALLOCATION, WORD, aligned, are_to, array_name, joined, places, thread_numbers
from geometries import FILTERS, GEOMETRIES, IMAGE, corner_of, output_length

import crosscheck.kernels
from crosscheck.kernels import convolution
from crosscheck.kernels.cpu import recording
from crosscheck.kernels.cpu.machine.layout import WARP_SIZE
from crosscheck.kernels.cpu.sanitizer.trace import SHARED, STORE, Trace
from crosscheck.kernels.inspect.memory import banks, sectors
from crosscheck.kernels.inspect.memory.lines import KINDS
from crosscheck.kernels.inspect.memory.requests import request_numbers

ALGORITHMS = ("direct", "tiled", "blocked")


def record() -> list[dict[str, Any]]:
    """Return the recordings, each geometry with each algorithm."""
    return [_recording(geometry, algorithm) for geometry in GEOMETRIES for algorithm in ALGORITHMS]


def _recording(geometry: tuple[int, str, int, int], algorithm: str) -> dict[str, Any]:
    size, _, stride, dilation = geometry
    corner = corner_of(geometry)

    def traces_of(side: int, padding: int) -> list[Trace]:
        x = np.ones((1, 1, side, side), np.float32)
        w = np.ones((FILTERS, 1, size, size), np.float32)
        geometry = dict(stride=stride, padding=padding, dilation=dilation)
        with recording() as traces:
            convolution.forward(x, w, algorithm=algorithm, **geometry)
        return [joined(trace) for _, trace in traces]

    *before, trace = traces_of(IMAGE, corner)  # before: `blocked` has its weights laid out
    padded = traces_of(IMAGE + 2 * corner, 0)[-1]
    trace = aligned(trace, padded, corner, IMAGE)
    return {
        "geometry": geometry,
        "algorithm": algorithm,
        "blocks": int(trace.block.max()) + 1,
        "threads": int(trace.thread.max()) + 1,
        "totals": _totals([*before, trace]),
        **_requests(trace, pixels=output_length(geometry) ** 2),
    }


def _costs(trace: Trace) -> Iterator[tuple[bool, np.ndarray, np.ndarray, np.ndarray]]:
    """Yield, for shared and for global memory: which accesses these are, their requests, and of
    each request the cost (passes or sectors) and passes without conflicts or bytes requested.
    """
    for shared in (True, False):
        chosen = (trace.space == SHARED) == shared
        part = trace.select(chosen)
        if not len(part):
            continue
        numbers = request_numbers(part)
        if shared:
            lane = part.thread % WARP_SIZE
            cost, least = banks.passes(numbers, lane, part.address, part.size)
        else:
            cost = sectors.sectors_moved(numbers, part.address, part.size)
            least = sectors.bytes_requested(numbers, part.address, part.size)
        yield shared, np.flatnonzero(chosen), numbers, np.stack([cost, least], 1)


def _totals(traces: list[Trace]) -> dict[str, int]:
    totals = dict.fromkeys(("requests", "requested", "moved", "passes", "least_passes"), 0)
    for trace in traces:
        for shared, _, _, costs in _costs(trace):
            cost, least = costs.sum(0).tolist()
            totals["requests"] += len(costs)
            totals["passes" if shared else "moved"] += cost if shared else cost * sectors.SECTOR
            totals["least_passes" if shared else "requested"] += least
    return totals


def _requests(trace: Trace, pixels: int) -> dict[str, Any]:
    """Return lines, patterns, requests and warps; `pixels` are those of filter 0 in y."""
    place = places(thread_numbers(trace))
    lines, patterns, requests = _Numbers(), _Numbers(), _Numbers()
    # Of each warp: the turns in which its lanes make requests, {lane: {place: turn}}.
    turns: dict[tuple[int, int], dict[int, dict[int, int]]] = {}
    made: list[int] = []  # the request of each turn
    wanted = _warps(trace, pixels)
    for shared, chosen, numbers, costs in _costs(trace):
        order = np.argsort(numbers, kind="stable")
        for accesses in np.split(chosen[order], np.flatnonzero(np.diff(numbers[order])) + 1):
            first = int(accesses[0])
            warp = int(trace.block[first]), int(trace.thread[first]) // WARP_SIZE
            if warp not in wanted:
                continue
            base, pattern = _pattern(trace.thread[accesses], trace.address[accesses])
            number = int(numbers[np.searchsorted(chosen, first)])
            line = lines.of(_line(trace, first, shared))
            for access in accesses.tolist():
                lane = turns.setdefault(warp, {}).setdefault(int(trace.thread[access]), {})
                lane[int(place[access])] = len(made)
            made.append(requests.of((line, patterns.of(pattern), base, *costs[number].tolist())))
    warps = [[*warp, [made[turn] for turn in _merged(turns[warp])]] for warp in sorted(turns)]
    return {"lines": [*lines], "patterns": [*patterns], "requests": [*requests], "warps": warps}


def _merged(lanes: dict[int, dict[int, int]]) -> Iterator[int]:
    """Return a warp's turns in the order of the program: in that of each lane that takes part."""
    order: TopologicalSorter[int] = TopologicalSorter()
    for _, turns in sorted(lanes.items()):
        sequence = [turn for _, turn in sorted(turns.items())]
        order.add(sequence[0])
        for before, after in pairwise(sequence):
            order.add(after, before)
    return order.static_order()


class _Numbers(dict[Any, int]):
    """Numbers what it is given, from 0, the same by the same number."""

    def of(self, each: Any) -> int:
        return self.setdefault(each, len(self))


def _warps(trace: Trace, pixels: int) -> set[tuple[int, int]]:
    """Return (block, warp) of those that store an output of filter 0."""
    mine = are_to(trace, "y") & (trace.kind == STORE) & (trace.address % ALLOCATION < WORD * pixels)
    warps = np.stack([trace.block[mine], trace.thread[mine] // WARP_SIZE], 1)
    return set(map(tuple, warps.tolist()))


def _line(trace: Trace, access: int, shared: bool) -> tuple[str, str, str, int, str]:
    place = trace.sites[int(trace.site[access])][1]
    kind, size = KINDS[trace.kind[access]], int(trace.size[access])
    return array_name(trace, access), kind, "shared" if shared else "global", size, _source(place)


def _pattern(
    threads: np.ndarray, addresses: np.ndarray
) -> tuple[int, tuple[tuple[int, int, int, int], ...]]:
    """Return the address of the first lane in its array, and the runs of lanes as seen from it."""
    order = np.argsort(threads)
    lanes = (threads[order] % WARP_SIZE).tolist()
    offsets = (addresses[order] - addresses[order[0]]).tolist()
    runs: list[list[int]] = []
    for lane, offset in zip(lanes, offsets, strict=True):
        if runs and lane == runs[-1][0] + runs[-1][1]:
            first, count, start, step = runs[-1]
            if count == 1 or offset == start + count * step:
                runs[-1][1:] = [count + 1, start, offset - start if count == 1 else step]
                continue
        runs.append([lane, 1, offset, 0])
    return int(addresses[order[0]] % ALLOCATION), tuple(map(tuple, runs))


def _source(place: str) -> str:
    """Return the line of the source, which "file.py:12" names."""
    name, _, line = place.rpartition(":")
    package = Path(crosscheck.kernels.__file__).parent
    folders = [package / "convolution", package, package / "ptx"]
    file = next(folder / name for folder in folders if (folder / name).exists())
    return linecache.getline(str(file), int(line)).strip()
