"""The sanitizer: kernels that are watched while they run, under compute-sanitizer's four names.

    memcheck   an index out of bounds: IndexError, at once
    initcheck  a read of shared, local or fresh global memory that nobody wrote: InitError
    racecheck  two accesses to one element, one of them a write, that nothing orders: RaceError
    synccheck  threads that wait at different barriers, or for lanes that do not come: BarrierError

instrument.py puts tests and hooks into a kernel while numba compiles it; hooks.py is what they
call, runtime.py who is called: one function for every access, which asks racecheck.py and
initcheck.py. They keep what they know of each element in the shadow memory of shadow.py, and
note what they find for findings.py, which makes one exception of it when the launch has ended.
"""
