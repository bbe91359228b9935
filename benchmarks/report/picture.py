"""A picture of a report, as it is kept: drawn by others, which need matplotlib."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Picture:
    """A drawing as PNG, for both papers. `name` is its file's; `text` says what it shows."""

    name: str
    title: str
    text: str
    light: bytes
    dark: bytes
