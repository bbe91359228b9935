"""`@public` marks what a module is for: `from module import *` brings that and nothing else.

So the packages of operators find their functions and layers where they are defined, without a list.
"""

import sys
from typing import TypeVar

Definition = TypeVar("Definition")


def public(definition: Definition) -> Definition:
    """Enter a function or class in the `__all__` of its module."""
    names = vars(sys.modules[definition.__module__]).setdefault("__all__", [])
    names.append(definition.__name__)
    return definition
