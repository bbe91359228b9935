"""Traces as a GPU would see them: lanes aligned where some sit a turn out, accesses as wide as in
the machine code, arrays by the names of the kernel.
"""

import numpy as np

from crosscheck.kernels.cpu.machine.layout import MAX_THREADS
from crosscheck.kernels.cpu.sanitizer.trace import LOCAL, SHARED, Trace
from crosscheck.kernels.inspect.memory import quads

ALLOCATION = 1 << 40  # bytes from one allocation to the next, in a trace
WORD, QUAD = 4, 16  # bytes of a float, and of the widest access
QUAD_ARRAY = "array"  # what load_quad calls it
# What a function that `blocked` calls names by its part, as the kernel names it: the arrays in
# global memory by their place among the kernel's arguments.
ARGUMENTS = ("x", "w", "table", "geometry", "bias", "y")
TILES = {"a_tile": "weights", "b_tile": "images"}


def array_name(trace: Trace, access: int) -> str:
    """Return which array an access is to, as the kernel names it."""
    name = trace.sites[int(trace.site[access])][0]
    if name == QUAD_ARRAY:
        return ARGUMENTS[int(trace.address[access]) // ALLOCATION - 1]
    return TILES.get(name, name)


def are_to(trace: Trace, name: str) -> np.ndarray:
    """Return which accesses are to the array that the kernel names so, one of ARGUMENTS."""
    sites = {site: each for site, (each, _) in trace.sites.items()}
    direct = np.isin(trace.site, [site for site, each in sites.items() if each == name])
    quad = np.isin(trace.site, [site for site, each in sites.items() if each == QUAD_ARRAY])
    return direct | quad & (trace.address // ALLOCATION == ARGUMENTS.index(name) + 1)


def thread_numbers(trace: Trace) -> np.ndarray:
    """Return a number for the thread of each access, of all blocks."""
    return trace.block * MAX_THREADS + trace.thread


def places(threads: np.ndarray) -> np.ndarray:
    """Return how many of the thread's accesses come before each; a thread's stand together."""
    starts = np.flatnonzero(np.diff(threads, prepend=-1))
    return np.arange(len(threads)) - np.repeat(starts, np.diff(starts, append=len(threads)))


def joined(trace: Trace) -> Trace:
    """Return a trace in which accesses are as wide as in the machine code: a quad, and what a line
    accesses in four neighbouring words of shared memory one after the other, is one of 128 bits
    (LDS.128, STS.128 and LDG.128 in `crosscheck inspect --sass`).

    Without the accesses to local memory; sorted by block and thread, each thread's in its order.
    """
    trace = quads.joined(trace)
    order = np.lexsort((trace.thread, trace.block))
    trace = trace.select(order[trace.space[order] != LOCAL])
    numbers = {each: number for number, each in enumerate(dict.fromkeys(trace.sites.values()))}
    line_of = np.zeros(max(trace.sites) + 1, np.int64)
    for site, each in trace.sites.items():
        line_of[site] = numbers[each]
    line = line_of[trace.site]
    may = trace.space == SHARED
    key = thread_numbers(trace) * len(numbers) + line
    order = np.argsort(key, kind="stable")  # a thread's accesses at one line come together
    key, address, may = key[order], trace.address[order], may[order]
    follows = (key[1:] == key[:-1]) & (address[1:] == address[:-1] + WORD) & may[1:]
    begins = may[:-3] & (address[:-3] % QUAD == 0) & follows[:-2] & follows[1:-1] & follows[2:]
    first = np.flatnonzero(begins)
    keep, size = np.ones(len(trace), bool), trace.size.copy()
    keep[order[first[:, np.newaxis] + [1, 2, 3]]] = False
    size[order[first]] = QUAD
    # Sites are numbered by their place: a compiler's numbers depend on what it compiled before.
    ordered = sorted(trace.sites, key=lambda site: (trace.sites[site], site))
    rank = np.zeros(max(ordered) + 1, np.int64)
    rank[ordered] = np.arange(len(ordered))
    sites = {number: trace.sites[site] for number, site in enumerate(ordered)}
    fields = (trace.block, trace.thread, rank[trace.site], trace.address, size)
    return Trace(*(field[keep] for field in (*fields, trace.kind, trace.space)), sites)


def aligned(trace: Trace, padded: Trace, corner: int, side: int) -> Trace:
    """Return the trace with a site of its own for each turn in which threads load from x.

    A lane whose pixel is in the padding sits a turn out, and its next load is no part of that
    turn's request; the trace does not say which turn a load belongs to. In the same convolution of
    the image with its padding stored around it nobody sits out: there the n-th load is turn n.

    padded: the trace of that one; corner: the padding on each side; side: of the image.
    Raises ValueError where the two load the image in another order.
    """
    here, there = (np.flatnonzero(are_to(one, "x")) for one in (trace, padded))
    turn = places(thread_numbers(padded)[there])
    h, w = np.divmod(padded.address[there] % ALLOCATION // WORD, side + 2 * corner)
    h, w = h - corner, w - corner
    inside = (h >= 0) & (h < side) & (w >= 0) & (w < side)
    address = (h * side + w)[inside] * WORD
    if not np.array_equal(address, trace.address[here] % ALLOCATION):
        raise ValueError("with its padding stored around it, the image is loaded in another order")
    site, sites = trace.site.astype(np.int64), dict(trace.sites)
    first = max(sites) + 1
    sites |= {first + n: sites[int(site[here[0]])] for n in range(turn.max() + 1)}
    site[here] = first + turn[inside]
    fields = (trace.address, trace.size, trace.kind, trace.space)
    return Trace(trace.block, trace.thread, site, *fields, sites)
