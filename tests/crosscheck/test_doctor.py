"""The doctor: it looks for what pyproject.toml installs, and says what is missing."""

import re
import subprocess
import tomllib
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from crosscheck import doctor
from crosscheck.kernels.inspect import toolchain

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]


def names(requirements):
    """Return the names of requirements: "numba-cuda" of "numba-cuda[cu13]~=0.30.4"."""
    return {re.match(r"[\w-]+", each)[0] for each in requirements}


def test_every_requirement_is_looked_for():
    assert names(PROJECT["dependencies"]) <= {*doctor.REQUIRED}


@pytest.mark.parametrize("extra", doctor.EXTRAS)
def test_every_package_of_an_extra_is_looked_for(extra):
    known = {package.distribution for package in doctor.OPTIONAL.values()}
    known |= {*doctor.REQUIRED, *toolchain.DISTRIBUTIONS.values(), doctor.DISTRIBUTION}
    assert names(EXTRAS[extra]) <= known


@pytest.mark.parametrize("package", doctor.OPTIONAL.values(), ids=lambda package: package.name)
def test_the_extra_it_names_installs_the_package(package):
    installed = EXTRAS[package.extra]
    inner = [each for each in EXTRAS if f"{doctor.DISTRIBUTION}[{each}]" in installed]
    for each in inner:
        installed = [*installed, *EXTRAS[each]]
    assert package.distribution in names(installed)


def test_a_missing_package_has_what_needs_it_and_how_to_get_it(monkeypatch, capsys):
    def version(name):
        if name == "torch":
            raise PackageNotFoundError(name)
        return "1.0"

    monkeypatch.setattr(doctor, "version", version)
    doctor.show()
    lines = capsys.readouterr().out.splitlines()
    at = next(i for i, line in enumerate(lines) if "PyTorch" in line)
    assert lines[at].split()[1:4] == ["missing", "crosscheck", "parity,"]
    assert lines[at + 1].strip() == "pip install 'crosscheck-kernels[parity]'"
    assert sum("missing" in line for line in lines) == 1


def test_a_part_of_the_compiler_that_is_missing_is_named(monkeypatch):
    from cuda import pathfinder

    def nowhere(part):
        raise pathfinder.DynamicLibNotFoundError(part)

    monkeypatch.setattr(pathfinder, "load_nvidia_dynamic_lib", nowhere)
    monkeypatch.setattr(pathfinder, "find_nvidia_binary_utility", lambda _: None)
    missing = {row.part: row.get for row in doctor.rows() if row.found is None}
    for part in ("nvvm", "nvrtc", "nvJitLink", "nvdisasm"):
        assert missing[part] == "pip install 'crosscheck-kernels[inspect]'"


def test_gpus_are_what_nvidia_smi_lists(monkeypatch):
    def answer(command, **_):
        lines = "NVIDIA H200, 580.65.06, 143771 MiB, 9.0\n" * 2
        return subprocess.CompletedProcess(command, 0, stdout=lines)

    monkeypatch.setattr(subprocess, "run", answer)
    gpus = [row.found for row in doctor.rows() if row.part == "GPU"]
    line = "NVIDIA H200, driver 580.65.06, 143771 MiB, compute capability 9.0"
    assert gpus == [line, line]
