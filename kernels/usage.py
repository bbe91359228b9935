"""Which algorithms ran: what to ask when a number or a time surprises.

with kernels.used() as calls:
    loss = model(images).sum()
    loss.backward()
for call in calls:
    print(call)        # conv2d forward: pipelined, float32, ieee
"""

import contextlib
from collections.abc import Iterator
from typing import NamedTuple

from crosscheck.kernels.call import Call


class Used(NamedTuple):
    """A call that ran: `precision` is what its dtype was multiplied in, "ieee" or "tf32"."""

    operator: str
    direction: str
    algorithm: str
    dtype: str
    precision: str

    def __str__(self) -> str:
        what = f"{self.operator} {self.direction}"
        return f"{what}: {self.algorithm}, {self.dtype}, {self.precision}"


@contextlib.contextmanager
def used() -> Iterator[list[Used]]:
    """Yield a list to which each call of an operator is added when it has run, on any thread."""
    found: list[Used] = []

    def note(call: Call) -> None:
        found.append(Used(call.operator, call.direction, call.algorithm, *call.computed_in))

    Call.listeners.append(note)
    try:
        yield found
    finally:
        Call.listeners.remove(note)
