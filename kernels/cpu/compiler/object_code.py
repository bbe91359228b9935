"""Reads from a program's object code where its functions lie, and what it calls.

Object code is an ELF file: https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html
"""

from typing import NamedTuple

import numpy as np

_SECTION = np.dtype(
    [("name", "u4"), ("type", "u4"), ("flags", "u8"), ("address", "u8"), ("offset", "u8")]
    + [("size", "u8"), ("link", "u4"), ("info", "u4"), ("align", "u8"), ("entry_size", "u8")]
)
_SYMBOL = np.dtype(
    [("name", "u4"), ("info", "u1"), ("other", "u1"), ("section", "u2"), ("value", "u8")]
    + [("size", "u8")]
)
_SYMBOL_TABLE = 2  # the type of that section
_UNDEFINED = 0  # the section of a symbol that lies elsewhere

# Functions that hold a lock while they run: of the C library, and of numba's allocator.
_LOCKING = ("malloc", "calloc", "realloc", "free", "printf", "puts", "putchar", "NRT_")


class Text(NamedTuple):
    """The section of the machine code: how far into it the entry lies, and how long it is."""

    entry: int
    size: int

    def range_at(self, address: int) -> tuple[int, int]:
        """Return where the code starts and ends, where its entry is at this address."""
        return address - self.entry, address - self.entry + self.size


def read(code: bytes, entry: str) -> tuple[Text, bool]:
    """Return the section that has the entry, and whether the code calls what takes a lock."""
    start = int.from_bytes(code[0x28:0x30], "little")
    count = int.from_bytes(code[0x3C:0x3E], "little")
    sections = np.frombuffer(code, _SECTION, count, start)
    table = sections[sections["type"] == _SYMBOL_TABLE][0]
    symbols = np.frombuffer(
        code, _SYMBOL, int(table["size"]) // _SYMBOL.itemsize, int(table["offset"])
    )
    names = code[int(sections[table["link"]]["offset"]) :]
    text, locks = None, False
    for symbol in symbols:
        first = int(symbol["name"])
        name = names[first : names.index(b"\0", first)].decode()
        if name == entry:
            text = Text(int(symbol["value"]), int(sections[symbol["section"]]["size"]))
        elif symbol["section"] == _UNDEFINED and name.startswith(_LOCKING):
            locks = True
    return text, locks
