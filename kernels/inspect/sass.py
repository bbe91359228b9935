"""SASS, the GPU's machine code: disassembled by nvdisasm and parsed."""

import re
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass

MISSING = "nvdisasm is missing: pip install 'crosscheck-kernels[inspect]'"

# "        /*01b0*/              @!P2 LOP3.LUT R3, RZ, UR5, RZ, 0x33, !PT ;"
_INSTRUCTION = re.compile(r"\s+/\*[0-9a-f]{4,}\*/\s+(?:@!?U?P\w+\s+)?([A-Z][\w.]*)(.*?);")
_LABEL = re.compile(r"(\.L_x_\d+):")
_TARGET = re.compile(r"`\((.+?)\)")  # of a branch or call


@dataclass(frozen=True)
class Instruction:
    """`opcode` with its modifiers ("LDG.E.128"), and `target`: for a branch the number of an
    instruction, for a call the name of a function, else None.
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


def parse(text: str) -> list[Instruction]:
    """Return the program without the padding at its end (a branch to itself, NOPs)."""
    found, labels = [], {}
    for line in text.splitlines():
        if label := _LABEL.match(line):
            labels[label[1]] = len(found)
        elif (match := _INSTRUCTION.match(line)) and match[1] != "NOP":
            name = _TARGET.search(match[2])
            found.append((match[1], name and name[1]))
    program = [Instruction(opcode, labels.get(name, name)) for opcode, name in found]
    while program and program[-1].target == len(program) - 1:
        program.pop()
    return program


def loops(program: Sequence[Instruction]) -> list[range]:
    """Return the loops, as ranges of instructions: from the target of a backward branch to it.

    Code of a loop that the compiler moved elsewhere, and functions it calls, are not included.
    """
    return [
        range(each.target, position + 1)
        for position, each in enumerate(program)
        if isinstance(each.target, int) and each.target < position
    ]
