"""Arrays that launches on other streams than CuPy's current one still use.

CuPy's pool keeps the memory of an array that is gone for the stream it was allocated on, and hands
it to the next array there without waiting: rightly where all work is on that stream. A kernel on
another one may still be reading it. So a launch there holds its arrays until an event that was
recorded behind it has passed; the next launch on such a stream lets go of them.
"""

import threading
from collections import deque

_held: dict[int, deque] = {}  # by stream: (event, arrays), in the order of their launches
_lock = threading.Lock()


def keep(arrays: tuple, stream: int) -> None:
    """Hold the arrays of a launch just made on the stream with this pointer.

    Nothing is held on CuPy's current stream, nor while a CUDA graph is captured: its arrays must
    outlive the graph, and are for whoever replays it to keep.
    """
    import cupy  # the launch has CuPy arrays, so it is there

    if stream == cupy.cuda.get_current_stream().ptr:
        return
    launched_on = cupy.cuda.ExternalStream(stream)
    if launched_on.is_capturing():
        return
    event = cupy.cuda.Event(disable_timing=True)
    event.record(launched_on)
    with _lock:
        for each, line in list(_held.items()):
            while line and line[0][0].done:
                line.popleft()
            if not line:
                del _held[each]
        _held.setdefault(stream, deque()).append((event, arrays))
