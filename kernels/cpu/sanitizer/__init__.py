"""The sanitizer: it observes kernels while they run. Its tools have compute-sanitizer's names.

    memcheck   an index out of bounds: IndexError, at once
    initcheck  a read of unwritten shared, local or new global memory: InitError
    racecheck  two unordered accesses to one element, one of them a write: RaceError
    synccheck  threads at different barriers, or lanes that do not come: BarrierError

An instrumented kernel (instrumentation/) calls runtime.py: one function for every access, which
asks racecheck.py and initcheck.py, and one for events, for which vector_clocks.py keeps each
thread's time. happens_before.py decides whether two accesses are ordered. What the tools know about
each element is in the memory of shadow.py. After the launch, findings.py makes one exception of
what they found. synccheck is part of the scheduler, in a strict launch.

recorder.py keeps every access of a launch as a trace (trace.py), for the memory microscope.
"""
