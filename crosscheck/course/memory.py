"""What the lines of a launch ask of a GPU's memory, and which of them is wasteful."""

import math

from crosscheck.course.watched import Watched
from crosscheck.course.wrong import Wrong
from crosscheck.kernels.cpu.machine.layout import WARP_SIZE
from crosscheck.kernels.inspect.memory.banks import BANKS, WORD
from crosscheck.kernels.inspect.memory.lines import Line, split_by_line, summarise

_VERBS = {"load": "reads", "store": "writes", "atomic": "updates"}


def coalesced(watched: Watched, least: float = 0.9) -> None:
    """Raise Wrong for the first line that uses less than `least` of the bytes it moves.

    One word for all lanes is no waste: no request moves less than a sector.
    """
    for line, lanes_apart in _lines(watched):
        if not line.shared and line.worst_request > 1 and line.utilization < least:
            raise Wrong(
                f"{line.place}: a warp {_VERBS[line.kind]} {line.array} in {line.worst_request} "
                f"sectors of 32 bytes, and uses {line.utilization:.0%} of what moves: neighbouring "
                f"lanes are {lanes_apart:,} bytes apart"
            )


def conflict_free(watched: Watched) -> None:
    """Raise Wrong for the first line whose lanes want different words of one bank."""
    for line, lanes_apart in _lines(watched):
        if line.shared and line.conflict_factor > 1:
            words = lanes_apart // WORD
            reached = BANKS // math.gcd(words, BANKS)
            banks = f"{reached} of the {BANKS} banks" if reached > 1 else "one bank"
            raise Wrong(
                f"{line.place}: a warp {_VERBS[line.kind]} {line.array} in {line.worst_request} "
                f"passes instead of {line.conflict_free_passes // line.requests}: neighbouring "
                f"lanes are {words} words apart, so that they meet in {banks}"
            )


def _lines(watched: Watched) -> list[tuple[Line, int]]:
    """Return each line, and how many bytes the first two lanes of its first warp are apart."""
    found = []
    for part in split_by_line(watched.trace):
        first = [part.address[part.thread % WARP_SIZE == lane][:1] for lane in (0, 1)]
        apart = abs(int(first[1][0] - first[0][0])) if all(map(len, first)) else 0
        found += [(line, apart) for line in summarise(part)]
    return found
