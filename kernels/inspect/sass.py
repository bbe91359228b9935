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
    does nothing: its predicate is @!PT, as of the three LDS before the first LDGSTS. `conditional`:
    it has a predicate, before it or, as a branch may, among its operands. `barrier`: at which the
    threads of a warp meet again, of BSSY and BSYNC.
    """

    opcode: str
    target: int | str | None = None
    dead: bool = False
    conditional: bool = False
    barrier: str = ""

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
            operands = _TARGET.sub("", match[3]).strip(" ,")
            conditional = bool(match[1]) or (match[2].startswith("BRA") and bool(operands))
            barrier = operands if match[2].startswith(("BSSY", "BSYNC")) else ""
            found.append((match[2], name and name[1], match[1] == "@!PT", conditional, barrier))
    program = [Instruction(each[0], labels.get(each[1], each[1]), *each[2:]) for each in found]
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
