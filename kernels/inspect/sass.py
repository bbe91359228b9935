"""SASS, the GPU's machine code: disassembled by nvdisasm and read line by line."""

import re
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass

MISSING = "nvdisasm is missing: pip install 'crosscheck-kernels[inspect]'"

# "        /*01b0*/              @!P2 LOP3.LUT R3, RZ, UR5, RZ, 0x33, !PT ;"
_INSTRUCTION = re.compile(r"\s+/\*[0-9a-f]{4,}\*/\s+(?:@!?U?P\w+\s+)?([A-Z][\w.]*)(.*?);")
_LABEL = re.compile(r"(\.L_x_\d+):")
_NAME = re.compile(r"`\((.+?)\)")  # what a branch or a call leads to


@dataclass(frozen=True)
class Instruction:
    """`opcode` with its modifiers ("LDG.E.128"), and where it leads: a number in the program for
    a branch, a name for a call, else None.
    """

    opcode: str
    target: int | str | None = None

    @property
    def operation(self) -> str:
        """The opcode without its modifiers."""
        return self.opcode.partition(".")[0]


class DisassemblerMissing(RuntimeError):
    """nvdisasm is not installed."""


def disassemble(cubin: bytes) -> str:
    """Return the code of a cubin as text.

    Raises DisassemblerMissing, and RuntimeError when nvdisasm does not read this cubin.
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


def parse(text: str) -> list[Instruction]:
    """Return the program, without the padding at its end: a branch to itself and NOPs."""
    found, labels = [], {}
    for line in text.splitlines():
        if label := _LABEL.match(line):
            labels[label[1]] = len(found)
        elif (match := _INSTRUCTION.match(line)) and match[1] != "NOP":
            name = _NAME.search(match[2])
            found.append((match[1], name and name[1]))
    program = [Instruction(opcode, labels.get(name, name)) for opcode, name in found]
    while program and program[-1].target == len(program) - 1:
        program.pop()
    return program


def loops(program: Sequence[Instruction]) -> list[range]:
    """Return each loop's instructions: from where a branch jumps back to, up to that branch.

    Code that the compiler moved out of a loop's way, and functions it calls, are not among them.
    """
    return [
        range(each.target, at + 1)
        for at, each in enumerate(program)
        if isinstance(each.target, int) and each.target < at
    ]
