"""The shadow memory of a sanitized launch: what the runtime keeps about each element."""

import mmap
from collections.abc import Iterator

import numpy as np

from ..compiler.program import Program
from ..language.memory.arrays import granule
from ..machine import layout
from ..machine.launch_configuration import LaunchConfiguration
from ..machine.worker import Worker
from ..options.modes import Modes
from ..options.tools import INITCHECK, RACECHECK
from . import log, records, unwritten
from .findings import Report, findings_error
from .recorder import Recorder

Region = tuple[int, ...]  # the words of a record


class ShadowMemory:
    """What the runtime needs for one launch, found through each worker's control record."""

    def __init__(
        self, modes: Modes, program: Program, configuration: LaunchConfiguration, arguments: tuple
    ) -> None:
        self._modes, self._program, self._configuration = modes, program, configuration
        self._alive: list[np.ndarray] = []  # arrays whose addresses are in use
        self._counters = np.zeros(2, np.int64)
        self._findings = np.zeros((records.MAX_FINDINGS, records.FINDING_WORDS), np.int64)
        common = self._common = np.zeros(records.CONTROL_WORDS, np.int64)
        common[records.COUNTERS] = self._address(self._counters)
        common[records.FINDINGS] = self._address(self._findings)
        common[records.THREADS] = configuration.threads
        ranges = list(_ranges(arguments))
        self._regions: list[Region] = []
        if RACECHECK in modes.sanitize:
            common[records.RACECHECK] = 1
            self._regions = [self._region(*merged, is_shared=0) for merged in _merged(ranges)]
            if program.fences:
                shape = configuration.blocks, configuration.threads, records.THREAD_RELEASE_WORDS
                common[records.THREAD_RELEASES] = self._zeros(*shape)
                shape = configuration.blocks, records.BLOCK_RELEASE_WORDS
                common[records.BLOCK_RELEASES] = self._zeros(*shape)
        self._mapped = [(start, end) for start, end, _ in _merged(ranges)]
        if INITCHECK in modes.sanitize:
            common[records.INITCHECK] = 1
            found = {each for start, end, _ in ranges for each in _unwritten_ranges(start, end)}
            common[records.UNWRITTEN_RANGES] = self._address(np.array(sorted(found), np.int64))
            common[records.UNWRITTEN_COUNT] = len(found)
        if modes.traces is not None:
            self._recorder = Recorder(program.sites, arguments, modes.only is not None)
            common[records.TRACE] = self._recorder.address

    def configure(self, worker: Worker) -> None:
        """Give a worker its control record. Its shared memory must be configured by now."""
        control = self._common.copy()
        start = int(worker.words[layout.SHARED])
        end = int(worker.words[layout.DYNAMIC_SHARED]) + self._configuration.shared
        control[records.SHARED_BYTES] = end - start
        if self._modes.sanitize:  # memcheck is part of every selection
            dynamic = int(worker.words[layout.DYNAMIC_SHARED])
            own = (start, start + self._program.static_shared), (dynamic, end)
            mapped = np.array([*own, *self._mapped], np.int64)
            control[records.MAPPED] = self._address(mapped)
            control[records.MAPPED_COUNT] = len(mapped)
        if control[records.RACECHECK]:
            regions = self._regions
            if self._program.shared_granule:
                own = self._region(start, end, self._program.shared_granule, is_shared=1)
                regions = [own, *regions]
            control[records.REGIONS] = self._address(np.array(regions, np.int64))
            control[records.REGION_COUNT] = len(regions)
            control[records.VECTOR_CLOCKS] = self._zeros(layout.MAX_THREADS, layout.WARP_SIZE)
            control[records.COPIES] = self._zeros(layout.MAX_THREADS, records.QUEUE_WORDS)
        if control[records.INITCHECK]:
            reserved = mmap.mmap(-1, layout.ARENA, flags=layout.MMAP_FLAGS)
            reserved.madvise(mmap.MADV_NOHUGEPAGE)
            control[records.ARENA_SHADOW] = self._address(np.frombuffer(reserved, np.uint8))
        worker.words[layout.CONTROL_RECORD] = self._address(control)
        worker.threads[:, layout.TIMESTAMP] = 0
        if control[records.TRACE]:
            self._recorder.arenas.append(worker.address)

    def finish(self, kernel: str) -> None:
        """Append the trace, if one was kept, and note remarks.

        Raises the exception for the findings, if any.
        """
        if self._modes.traces is not None:
            self._modes.traces.append((kernel, self._recorder.trace()))
        found = self._findings[: self._counters[records.FINDING_COUNT]]
        report = Report(kernel, found, self._program.sites, self._configuration)
        errors, remarks = report.findings(), report.remarks()
        if self._modes.same_value:
            errors += remarks
        else:
            log.add_remarks(remarks)
        if errors:
            raise findings_error(errors)

    def _address(self, array: np.ndarray) -> int:
        self._alive.append(array)
        return array.ctypes.data

    def _zeros(self, *shape: int) -> int:
        return self._address(np.zeros(shape, np.int64))

    def _region(self, start: int, end: int, granule: int, is_shared: int) -> Region:
        shift = granule.bit_length() - 1
        cells = self._zeros(-(-(end - start) >> shift), records.CELL_WORDS)
        return start, end, shift, cells, is_shared


def _ranges(values: tuple) -> Iterator[tuple[int, int, int]]:
    """Yield (start, end, granule) of each array."""
    for value in values:
        if isinstance(value, tuple):
            yield from _ranges(value)
        elif isinstance(value, np.ndarray) and value.size:
            yield (*np.lib.array_utils.byte_bounds(value), granule(value.dtype))


def _merged(ranges: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Merge ranges that overlap. The granule of a merged one is the smallest."""
    joined: list[tuple[int, int, int]] = []
    for start, end, own in sorted(ranges):
        if joined and start < joined[-1][1]:
            first, last, smallest = joined[-1]
            joined[-1] = first, max(last, end), min(smallest, own)
        else:
            joined.append((start, end, own))
    return joined


def _unwritten_ranges(start: int, end: int) -> Iterator[tuple[int, int, int]]:
    for each in unwritten.overlapping(start, end):
        yield each.start, each.end, each.written.ctypes.data
