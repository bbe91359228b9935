"""Machine code on disk: found again while nothing changed, and only then."""

import json
import subprocess
import sys

import numpy as np
import pytest

from crosscheck.kernels import gpu
from crosscheck.kernels.inspect import launches, stored, toolchain
from crosscheck.kernels.launch import device_function, index, kernel, real

KERNEL = "activation.relu.forward_kernel"
HOPPER, AMPERE = (9, 0), (8, 0)


def recorded(dtype=np.float32, index_bits=32, name=KERNEL):
    return next(each for each in launches.record(dtype, index_bits) if each.name == name)


def scaling(factor, **options):
    """Return a launch of a kernel that calls a device function with a number of its own."""

    @device_function
    def scaled(value):
        return value * real(factor)

    @kernel(**options)
    def scale(x):
        x[index(0)] = scaled(x[index(0)])

    (launch,) = launches.launched(lambda: scale[1, 32](np.zeros(1, np.float32)))
    return launch


@pytest.fixture
def compilations(monkeypatch, tmp_path):
    """Count what is compiled, into a cache of its own."""
    seen = []
    compile_ = gpu.compile_for
    monkeypatch.setenv("CROSSCHECK_CACHE", str(tmp_path))
    monkeypatch.setattr(gpu, "compile_for", lambda *given: seen.append(given) or compile_(*given))
    return seen


def test_a_second_time_nothing_is_compiled_and_the_code_is_the_same(compilations):
    first, second = (stored.compile_for(recorded(), HOPPER) for _ in range(2))
    assert first == second and second.log and second.sass
    assert len(compilations) == 1


def test_what_changes_the_machine_code_changes_the_key():
    keys = [
        stored.key(recorded(), HOPPER),
        stored.key(recorded(), AMPERE),
        stored.key(recorded(np.float64), HOPPER),
        stored.key(recorded(index_bits=64), HOPPER),
        stored.key(recorded(name="activation.relu.input_gradient_kernel"), HOPPER),
        stored.key(scaling(2), HOPPER),
        stored.key(scaling(3), HOPPER),
        stored.key(scaling(3, launch_bounds=(32, 2)), HOPPER),
    ]
    assert all(keys) and len(set(keys)) == len(keys)
    assert stored.key(scaling(2), HOPPER) == stored.key(scaling(2), HOPPER)


def test_another_compiler_changes_the_key(monkeypatch):
    before = stored.key(recorded(), HOPPER)
    versions = toolchain.versions()
    monkeypatch.setattr(toolchain, "versions", lambda: {**versions, "nvJitLink": "99.0"})
    assert stored.key(recorded(), HOPPER) != before


def test_another_process_finds_the_same_keys():
    program = f"""
import json, numpy as np
from crosscheck.kernels.inspect import launches, stored
found = launches.record(np.float32, 32)
print(json.dumps({{each.name: stored.key(each, {HOPPER}) for each in reversed(found)}}))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    own = {each.name: stored.key(each, HOPPER) for each in launches.record(np.float32, 32)}
    assert json.loads(done.stdout) == own


def test_the_modules_that_extend_numba_are_part_of_every_key():
    names = {path.name for path in stored._sources(stored.FOLDER)}
    assert {"launch.py", "gpu.py", "operators.py", "origins.py", "stored.py"} <= names
    assert "instruction.py" in names  # it writes LLVM without numba
    assert not {"relu.py", "cache.py", "mix.py"} & names


@pytest.mark.parametrize("missing", ["nvvm", "nvdisasm"])
def test_nothing_is_kept_without_a_part_of_the_compiler(monkeypatch, missing):
    versions = toolchain.versions()
    monkeypatch.setattr(toolchain, "versions", lambda: {**versions, missing: None})
    assert stored.key(recorded(), HOPPER) == ""
