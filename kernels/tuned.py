"""What `kernels.tune` found: on each device, the fastest algorithm of a direction for a problem.

It is kept in a file of JSON beside the compiled kernels, so that the next process knows it, too. A
file that is missing, damaged or not to be written costs no error: nothing is known then.
"""

import contextlib
import json
import os
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import llvmlite.binding

from crosscheck.kernels.arrays import Facts, Place
from crosscheck.kernels.cpu.compiler import cache as storage
from crosscheck.kernels.cpu.machine import pool


class Key(NamedTuple):
    """What a measurement is of; `layout` has dtype and strides of each array."""

    device: str
    operator: str
    direction: str
    problem: str
    layout: str

    @classmethod
    def of(
        cls, device: str, operator: str, direction: str, problem: Any, arrays: Mapping[str, Facts]
    ) -> "Key":
        """Return the key of a problem with arrays of these facts."""
        layout = ", ".join(
            f"{name} {each.dtype.name}{list(each.strides)}" for name, each in arrays.items()
        )
        return cls(device, operator, direction, repr(problem), layout)


class Measured(NamedTuple):
    """The fastest algorithm, and the seconds that each took."""

    algorithm: str
    seconds: Mapping[str, float]


_known: dict[Key, Measured] | None = None  # None: not read yet
_lock = threading.Lock()


def file() -> Path:
    """Return where it is kept. Raises RuntimeError where there is no home."""
    return storage.folder() / "tuned.json"


def known() -> Mapping[Key, Measured]:
    """Return all that is known; of the file, as it was when it was first asked for."""
    global _known
    with _lock:
        if _known is None:
            _known = dict(_read())
        return _known


def _read() -> Iterator[tuple[Key, Measured]]:
    with contextlib.suppress(OSError, RuntimeError, ValueError, TypeError, KeyError):
        for row in json.loads(file().read_text()):
            key = Key(*(str(row[name]) for name in Key._fields))
            yield key, Measured(str(row["algorithm"]), dict(row["seconds"]))


def remember(key: Key, measured: Measured) -> None:
    """Keep a measurement, here and on disk, with those that other processes kept meanwhile."""
    global _known
    before = known()
    with _lock:
        _known = {**before, **dict(_read()), key: measured}
        _write(_known.items())


def forget() -> int:
    """Forget all measurements, here and on disk; return how many there were."""
    global _known
    count = len(known())
    with _lock:
        _known = {}
        with contextlib.suppress(OSError, RuntimeError):
            file().unlink(missing_ok=True)
    return count


def _write(items: Iterable[tuple[Key, Measured]]) -> None:
    """Write the file, whole or not at all."""
    text = json.dumps(
        [{**key._asdict(), **measured._asdict()} for key, measured in items], indent=1
    )
    with contextlib.suppress(OSError, RuntimeError):
        path = file()
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
        with os.fdopen(handle, "w") as stream:
            stream.write(text)
        os.replace(temporary, path)


def device_name(place: Place) -> str:
    """Return what tells this device from others of another speed."""
    if place.gpu is None:
        return f"CPU {llvmlite.binding.get_host_cpu_name()}, {pool.cores()} cores"
    return _gpu_name(place)


@cache
def _gpu_name(place: Place) -> str:
    """Not run on a GPU yet."""
    return place.library.cuda.runtime.getDeviceProperties(place.gpu)["name"].decode()
