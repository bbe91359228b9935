"""Our training step as a CUDA graph: captured once from CuPy's stream, then replayed by one launch.

- The graph reads its batch where the captured one lay, so a replay copies the new one there first.
- What the step allocates comes from a memory pool of the graph's own: from CuPy's, other arrays
  would get the same memory between two replays.
- Steps before the capture load the kernels, make the optimizer's state and what algorithms prepare,
  which a capture cannot. The optimizer launches parameter by parameter: the tables of one launch
  for all hold addresses of gradients, and sending new ones waits for the stream.

Not run on a GPU yet.
"""

from collections.abc import Sequence
from typing import Any

from crosscheck.benchmarks.training.steps import Step

WARM = 3  # steps before the capture
MISSING = "not available: CUDA graphs exist on a GPU only"


def captured(step: Step, batch: Sequence[Any]) -> Step:
    """Return a step that replays `step` on each batch, after it was run and captured on this one.

    batch: (images, classes) on the GPU. The loss that it returns is the same array each time.
    """
    import cupy

    pool, place = cupy.cuda.MemoryPool(), [each.copy() for each in batch]
    cupy.cuda.runtime.deviceSynchronize()  # the next stream waits for no other
    stream = cupy.cuda.Stream(non_blocking=True)
    with stream:
        for _ in range(WARM):
            step(*place)
        stream.synchronize()
        with cupy.cuda.using_allocator(pool.malloc):
            stream.begin_capture()
            try:
                loss = step(*place)
            finally:
                graph = stream.end_capture()

    def replay(*new: Any, kept: Any = pool) -> Any:  # the graph uses the pool's memory
        for own, each in zip(place, new, strict=True):
            cupy.copyto(own, each)
        graph.launch(cupy.cuda.get_current_stream())
        return loss

    return replay
