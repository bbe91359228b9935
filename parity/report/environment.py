"""Describe the machine and the packages of a run, so that it can be repeated."""

import os
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("numba", "numba-cuda", "numpy", "torch", "cupy-cuda13x")


def describe(device: str) -> dict[str, str]:
    """Return facts by name, in the order to show them, for a run on `device` here."""
    # All cores of the machine, to tell which it was; a run goes by those it may use: pool.py.
    facts = {"device": _gpu() if device == "cuda" else f"{_processor()}, {os.cpu_count()} cores"}
    if commit := _commit():
        facts["commit"] = commit
    facts["python"] = platform.python_version()
    for package in PACKAGES:
        try:
            facts[package] = version(package)
        except PackageNotFoundError:
            continue
    facts["system"] = f"{platform.system()} {platform.release()}, {platform.machine()}"
    return facts


def _gpu() -> str:
    import cupy

    properties = cupy.cuda.runtime.getDeviceProperties(cupy.cuda.Device().id)
    return properties["name"].decode()


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _commit() -> str:
    """Return the commit of this source tree, "" outside a git checkout."""
    command = ["git", "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"]
    folder = Path(__file__).parent
    try:
        answer = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.strip()
