"""Whether this process runs a notebook."""

import builtins


def in_notebook() -> bool:
    """Return whether the code runs in a kernel of IPython's, which puts get_ipython in builtins."""
    shell = getattr(builtins, "get_ipython", lambda: None)()
    return hasattr(shell, "kernel")
