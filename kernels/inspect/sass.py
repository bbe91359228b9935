"""SASS, the GPU's machine code: the text of nvdisasm, parsed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

# "        /*01b0*/              @!P2 LOP3.LUT R3, RZ, UR5, RZ, 0x33, !PT ;"
_INSTRUCTION = re.compile(r"\s+/\*[0-9a-f]{4,}\*/\s+(?:(@!?U?P\w+)\s+)?([A-Z][\w.]*)(.*?);")
_LABEL = re.compile(r"(\.L_x_\d+):")
_TARGET = re.compile(r"`\((.+?)\)")  # of a branch or call


@dataclass(frozen=True)
class Instruction:
    """`opcode` with its modifiers ("LDG.E.128"), and `target`: for a branch the number of an
    instruction, for a call the name of a function, else None. One that is `dead` takes its turn and
    does nothing: its predicate is @!PT, as of the three LDS before the first LDGSTS.
    """

    opcode: str
    target: int | str | None = None
    dead: bool = False

    @property
    def operation(self) -> str:
        """The opcode without its modifiers."""
        return self.opcode.partition(".")[0]


def parse(text: str) -> list[Instruction]:
    """Return the program without the padding at its end (a branch to itself, NOPs)."""
    found, labels = [], {}
    for line in text.splitlines():
        if label := _LABEL.match(line):
            labels[label[1]] = len(found)
        elif (match := _INSTRUCTION.match(line)) and match[2] != "NOP":
            name = _TARGET.search(match[3])
            found.append((match[2], name and name[1], match[1] == "@!PT"))
    program = [Instruction(opcode, labels.get(name, name), dead) for opcode, name, dead in found]
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
