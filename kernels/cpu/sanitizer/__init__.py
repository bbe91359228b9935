"""The sanitizer: kernels that are watched while they run, under compute-sanitizer's four names.

    memcheck   an index out of bounds: IndexError, at once
    initcheck  a read of shared, local or fresh global memory that nobody wrote: InitError
    racecheck  two accesses to one element, one of them a write, that nothing orders: RaceError
    synccheck  threads that wait at different barriers, or for lanes that do not come: BarrierError

instrument.py puts tests and hooks into a kernel while numba compiles it, where accesses.py finds an
access; hooks.py is what they call, runtime.py who is called: one function for every access, which
asks racecheck.py and initcheck.py, and one for events: moments.py then knows when each thread is,
and happens_before.py which of two accesses comes first. What they know of each element is in the
shadow memory of shadow.py; what they find findings.py makes one exception of, when the launch has
ended. synccheck is the scheduler's, told by launching.py to want every thread.
"""
