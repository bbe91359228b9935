"""What numba-cuda has and the CPU device cannot mean: it imports, and its use says why not."""

import ast
import importlib
import subprocess
import sys
import textwrap
from importlib.util import find_spec
from pathlib import Path

import pytest

from crosscheck.kernels.cpu import cuda
from crosscheck.kernels.cpu.cuda import aliases, driver, unsupported

PACKAGE = Path(find_spec("numba_cuda").origin).parent / "numba" / "cuda"  # not imported
OURS = cuda.__name__
MEMORY = "the CPU device's memory is NumPy's"


def modules():
    """Yield the names below numba.cuda of numba-cuda's modules, the private ones left out."""
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        parts = parts[:-1] if parts[-1] == "__init__" else parts
        hidden = any(part.startswith(("_", "tests", "simulator")) for part in parts)
        if parts and not hidden and parts[0] != "core":  # its copy of numba.core
            yield ".".join(parts)


def defined(module):
    """Return the public functions and classes that a module of numba-cuda defines."""
    path = PACKAGE.joinpath(*module.split("."))
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    kinds = ast.FunctionDef, ast.ClassDef
    return [
        node.name
        for node in ast.parse(path.read_text()).body
        if isinstance(node, kinds) and node.name[0] != "_"
    ]


@pytest.mark.parametrize("module", sorted(modules()))
def test_every_module_and_its_functions_and_classes_are_found(module):
    found = aliases.resolve(module)
    assert found is not None
    if found.startswith(OURS) and module not in ("bf16", "fp16", "cg"):  # kernels see these
        ours = importlib.import_module(found)
        assert [name for name in defined(module) if not hasattr(ours, name)] == []


@pytest.mark.parametrize("place", [cuda, driver])
@pytest.mark.parametrize(
    "name", ["BaseCUDAMemoryManager", "HostOnlyCUDAMemoryManager", "set_memory_manager"]
)
def test_the_memory_manager_plug_in_says_why_it_is_absent(place, name):
    absent = getattr(place, name)
    with pytest.raises(NotImplementedError, match=rf"^cuda\.(cudadrv\.driver\.)?{name}: {MEMORY}$"):
        absent(object())


def test_a_memory_manager_of_the_user_s_is_refused_where_it_is_defined():
    with pytest.raises(NotImplementedError, match=f"HostOnlyCUDAMemoryManager: {MEMORY}"):

        class Manager(cuda.HostOnlyCUDAMemoryManager, cuda.GetIpcHandleMixin):
            pass

        del Manager


def test_nothing_is_an_instance_of_an_absent_class_and_an_attribute_says_why():
    assert not isinstance(1, cuda.IpcHandle)
    with pytest.raises(AttributeError, match="cuda.IpcHandle: the CPU device shares no memory"):
        cuda.IpcHandle.size  # noqa: B018


def test_a_name_that_numba_cuda_does_not_have_either_is_no_name():
    for module in (cuda, cuda.api):
        with pytest.raises(AttributeError, match="the CPU device has no cuda.grids"):
            module.grids  # noqa: B018
    assert not hasattr(driver, "__wrapped__")


def test_reasons_are_for_names_that_numba_cuda_has():
    def names(file):
        return {getattr(node, "id", getattr(node, "name", "")) for node in ast.walk(file)}

    known = set().union(*(names(ast.parse(path.read_text())) for path in PACKAGE.rglob("*.py")))
    assert unsupported._NAMES.keys() <= known


SCRIPT = """
    from crosscheck.kernels.cpu.cuda.install import install
    install()
    from numba.cuda import HostOnlyCUDAMemoryManager, MemoryInfo, runtime
    from numba.cuda.cudadrv.driver import LinkerError, profiling
    from numba.cuda.fp8 import fp8_e5m2
    from numba.cuda.nvvmutils import call_sreg

    try:
        raise ValueError("mine")
    except (LinkerError, ValueError) as error:
        print(error)
    for absent in (runtime.get_version, profiling, fp8_e5m2, call_sreg):
        try:
            absent()
        except NotImplementedError as error:
            print(error)
"""


def test_a_script_imports_them_and_is_told_when_it_uses_them():
    command = [sys.executable, "-c", textwrap.dedent(SCRIPT)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "mine",
        "cuda.runtime.get_version: the CPU device makes no PTX",
        f"cuda.cudadrv.driver.profiling: {unsupported.INTERNAL}",
        "cuda.fp8.fp8_e5m2: the CPU device has no 8-bit floats",
        f"cuda.nvvmutils.call_sreg: {unsupported.INTERNAL}",
    ]
