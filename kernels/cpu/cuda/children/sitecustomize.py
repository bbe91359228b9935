"""Installs the stand-in for numba.cuda in every Python that a script starts.

Python imports a module of this name when it starts; this folder is on PYTHONPATH. Nothing of ours
is imported before the first import of numba.cuda, and another sitecustomize still runs.
"""

import importlib
import importlib.util
import json
import os
import sys
from importlib.machinery import PathFinder
from pathlib import Path

_HERE = Path(__file__).parent


class _First:
    """Waits for the first import of numba.cuda."""

    def find_spec(self, fullname, path=None, target=None):
        if fullname != "numba.cuda":
            return None
        sys.meta_path.remove(self)
        start = json.loads(os.environ["CROSSCHECK_CPU_DEVICE"])  # as install_in_children wrote it
        sys.path.append(start["root"])  # last: a script's own modules come first
        install = importlib.import_module(f"{start['package']}.cuda.install")
        install.install()
        return install.spec(fullname)


sys.meta_path.insert(0, _First())

_others = PathFinder.find_spec("sitecustomize", [p for p in sys.path if Path(p) != _HERE])
if _others is not None and _others.loader is not None:
    _others.loader.exec_module(importlib.util.module_from_spec(_others))
