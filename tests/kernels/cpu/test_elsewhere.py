"""The folder kernels/cpu works alone, under another name, where nothing else of ours is."""

import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from crosscheck.kernels import cpu

SCRIPT = """
    import importlib.util, subprocess, sys
    import numpy as np
    from numba import cuda

    assert importlib.util.find_spec("crosscheck") is None

    @cuda.jit
    def reverse(x, out):
        tile = cuda.shared.array(32, np.float32)
        t = cuda.threadIdx.x
        tile[t] = x[t]
        cuda.syncthreads()
        out[t] = tile[31 - t]

    if __name__ == "__main__":
        x = np.arange(32, dtype=np.float32)
        out = cuda.to_device(np.zeros_like(x))
        reverse[1, 32](x, out)
        assert (out.copy_to_host() == x[::-1]).all()
        code = "from numba import cuda; print(cuda.__name__)"
        subprocess.run([sys.executable, "-c", code], check=True)
        if "outside" in sys.argv:
            reverse[1, 33](x, out)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("elsewhere")
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(Path(cpu.__file__).parent, folder / "anyname", ignore=ignore)
    (folder / "script.py").write_text(textwrap.dedent(SCRIPT))
    (folder / "sitecustomize.py").write_text("import sys; sys.modules['crosscheck'] = None\n")
    return folder


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "anyname", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        env=os.environ | {"PYTHONPATH": str(folder), "CROSSCHECK_CACHE": str(folder / "cache")},
    )


@pytest.mark.parametrize("options", [[], ["--sanitize"]])
def test_a_script_runs(folder, options):
    done = run(folder, *options, "script.py")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "anyname.cuda\n"


def test_its_sanitizer_finds_what_is_wrong(folder):
    done = run(folder, "--sanitize", "script.py", "outside")
    assert done.returncode == 1
    assert "x[32] is out of bounds for 32 elements" in done.stderr


def test_its_usage_names_it(folder):
    assert "usage: python -m anyname" in run(folder).stderr
