"""Where the commands print."""

from rich.console import Console


def console(width: int = 100) -> Console:
    """Return the terminal; where there is none, in a file or a pipe, lines have this width."""
    found = Console()
    return found if found.is_terminal else Console(width=width)
