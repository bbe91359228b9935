"""nvdisasm, which turns a cubin into text."""

import subprocess
import tempfile

MISSING = "nvdisasm is missing: pip install 'crosscheck-kernels[inspect]'"


class DisassemblerMissing(RuntimeError):
    """nvdisasm is not installed."""


def disassemble(cubin: bytes) -> str:
    """Return the code of a cubin as text.

    Raises DisassemblerMissing, or RuntimeError where nvdisasm refuses the cubin.
    """
    from cuda import pathfinder  # comes with numba-cuda

    program = pathfinder.find_nvidia_binary_utility("nvdisasm")
    if program is None:
        raise DisassemblerMissing(MISSING)
    with tempfile.NamedTemporaryFile(suffix=".cubin") as file:
        file.write(cubin)
        file.flush()
        command = [program, "--print-code", file.name]
        done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{program}: {done.stderr.strip()}")
    return done.stdout
