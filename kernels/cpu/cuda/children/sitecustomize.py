"""The stand-in in numba.cuda's place in every Python that a script starts.

Python imports this module by its name when it starts with this folder on PYTHONPATH. Nothing of
ours is imported before somebody imports numba.cuda, and another sitecustomize still has its turn.
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
        modes, install = (
            importlib.import_module(f"{start['package']}.{name}")
            for name in ("options.modes", "cuda.install")
        )
        modes.set_default(**start["modes"])
        install.install()
        return install.spec(fullname)


sys.meta_path.insert(0, _First())

_others = PathFinder.find_spec("sitecustomize", [p for p in sys.path if Path(p) != _HERE])
if _others is not None and _others.loader is not None:
    _others.loader.exec_module(importlib.util.module_from_spec(_others))
