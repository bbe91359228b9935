"""Programs on disk: a second process compiles nothing, a changed kernel has another key."""

import json
import os
import subprocess
import sys
import textwrap
import types
from pathlib import Path

import numpy as np
import pytest
from numba import njit
from numba.core.errors import TypingError
from numba.extending import overload

from crosscheck.kernels.cpu import jit
from crosscheck.kernels.cpu.compiler import cache, cache_key
from crosscheck.kernels.cpu.options.tools import Instrumentation

ROOT = Path(__file__).resolve().parents[4]
SCRIPT = """
    import json
    import math
    import numpy as np
    from helpers import shift
    from numba import cuda
    from crosscheck.kernels.cpu.compiler.cache import Statistics
    from crosscheck.kernels.cpu import jit

    @jit
    def kernel(x):
        tile = cuda.shared.array(8, np.float64)
        t = cuda.threadIdx.x
        tile[t] = shift(x[t])
        row = tile[t:]  # a view: code that counts references would need numba's runtime
        cuda.syncthreads()
        x[t] = tile[7 - t] + row[0] * 0 + math.expm1(0.0) + math.erf(0.0) + x[t] ** 2 * 0

    x = np.arange(8.0)
    kernel[1, 8](x)
    print(json.dumps([x.tolist(), Statistics.compiled, Statistics.loaded]))
"""
HELPERS = """
    from crosscheck.kernels.cpu import jit

    @jit(device=True)
    def shift(value):
        return value + {amount}
"""


def run(folder, amount=1):
    """Run the script in a new process; return its result, programs compiled and loaded."""
    (folder / "script.py").write_text(textwrap.dedent(SCRIPT))
    (folder / "helpers.py").write_text(textwrap.dedent(HELPERS.format(amount=amount)))
    environment = {
        **os.environ,
        "CROSSCHECK_CACHE": str(folder / "cache"),
        "PYTHONPATH": f"{ROOT}:{folder}",
    }
    command = [sys.executable, "script.py"]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def test_a_second_process_compiles_nothing_and_an_edited_helper_is_seen(tmp_path):
    values = [8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0]
    assert run(tmp_path) == [values, 3, 0]  # the kernel, the scheduler and the signal handler
    assert run(tmp_path) == [values, 0, 3]
    # The kernel's own file is the same: numba's cache would serve the old helper.
    assert run(tmp_path, amount=2) == [[v + 1 for v in values], 1, 2]


def make_kernel(constant, table=None):
    @jit
    def kernel(x):
        x[0] = constant + table[0]

    return kernel


def key_of(kernel, *argument_types, instrumentation=Instrumentation.NONE):
    return cache_key.key(kernel.py_func, argument_types, instrumentation, fiber_per_thread=False)


def lookup(table):
    """Return a device function that has an array as a default."""

    @jit(device=True)
    def read(i, values=table):
        return values[i]

    return read


def test_the_key_differs_where_the_code_does():
    table = np.arange(2000.0)
    other = table.copy()
    other[1000] = -1  # where repr() of an array shows only dots
    keys = [
        key_of(make_kernel(1, table), "float32"),
        key_of(make_kernel(2, table), "float32"),
        key_of(make_kernel(1, other), "float32"),
        key_of(make_kernel(1, lookup(table)), "float32"),
        key_of(make_kernel(1, lookup(other)), "float32"),
        key_of(make_kernel(1, table), "float64"),
        key_of(make_kernel(1, table), "float32", instrumentation=Instrumentation.BOUNDS),
    ]
    assert len(set(keys)) == len(keys)
    assert key_of(make_kernel(1, table.copy()), "float32") == keys[0]


SETTINGS = types.ModuleType("settings")


@jit
def reads_settings(x):
    x[0] = SETTINGS.scale + PAIR[0][0]


PAIR = (np.zeros(1),)


def test_the_key_covers_modules_and_tuples(monkeypatch):
    SETTINGS.scale = 1.0
    first = key_of(reads_settings, "float64")
    SETTINGS.scale = 2.0
    second = key_of(reads_settings, "float64")
    monkeypatch.setitem(reads_settings.py_func.__globals__, "PAIR", (np.ones(1),))
    third = key_of(reads_settings, "float64")
    assert len({first, second, third}) == 3 and all((first, second, third))


def test_the_key_covers_the_options_of_a_jitted_helper():
    def make(**options):
        helper = njit(**options)(lambda value: value + 1)

        @jit
        def kernel(x):
            x[0] = helper(x[0])

        return kernel

    plain, fast = key_of(make(), "float64"), key_of(make(fastmath=True), "float64")
    assert plain and fast and plain != fast


class Thing:
    """An object with an address in its repr()."""


shape = Thing()


def test_an_overload_is_in_the_key():
    def scaling(factor, **settings):
        def scaled(x, by=None): ...

        def typed(x, **by):
            return lambda x, by=1: x * factor

        overload(scaled, **settings)(typed)

        @jit
        def kernel(out):
            out[0] = scaled(3.0, by=1)

        return kernel

    out = np.zeros(1)
    for factor in (2, 5):
        scaling(factor, strict=False)[1, 1](out)
        assert out[0] == 3 * factor
    with pytest.raises(TypingError, match="VAR_KEYWORD"):
        scaling(5)[1, 1](out)


def test_a_global_with_an_attributes_name_is_not_in_the_key():
    @jit
    def kernel(x):
        x[0] = x.shape[0]

    assert key_of(kernel, "float64")


def test_what_cannot_be_described_is_not_kept():
    @jit
    def kernel(x):
        x[0] = shape

    assert key_of(kernel, "float64") == ""


@pytest.mark.parametrize("content", [b"", b"not a pickle", b"\x80\x04N.", None])
def test_a_broken_file_costs_a_compilation(tmp_path, monkeypatch, content):
    monkeypatch.setenv("CROSSCHECK_CACHE", str(tmp_path))
    table = np.full(3, 40.0)
    kernel = make_kernel(2, table)
    kernel[1, 1](x := np.zeros(1))
    for file in tmp_path.iterdir():
        whole = file.read_bytes()
        damaged = whole[:-100] + bytes([whole[-100] ^ 1]) + whole[-99:]
        file.write_bytes(damaged if content is None else content)
    before = cache.Statistics.compiled
    make_kernel(2, table)[1, 1](x := np.zeros(1))
    assert x[0] == 42
    assert cache.Statistics.compiled == before + 1


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("CROSSCHECK_CACHE", str(tmp_path / "file"))
    make_kernel(3, np.full(2, 4.0))[1, 1](x := np.zeros(1))
    assert x[0] == 7


def test_the_source_of_the_host_side_is_not_in_the_key(monkeypatch):
    read, real = [], Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: read.append(path) or real(path))
    cache_key._environment.__wrapped__()
    package = Path(cache_key.__file__).parents[1]
    assert {package / "compiler" / "program.py", package / "scheduler" / "blocks.py"} <= set(read)
    assert not any(path.is_relative_to(package / "cuda") for path in read)
