"""The stand-in in numba.cuda's place in every Python that a script starts.

Python imports this module by its name when it starts with this folder on PYTHONPATH. Nothing of
ours is imported before somebody imports numba.cuda, and another sitecustomize still has its turn.
"""

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
        root = next(folder for folder in _HERE.parents if (folder / "crosscheck").is_dir())
        sys.path.append(str(root))  # last: a script's own modules come first
        from crosscheck.kernels.cpu import modes
        from crosscheck.kernels.cpu.cuda import install

        modes.set_default(**json.loads(os.environ.get("CROSSCHECK_MODES", "{}")))
        install.install()
        return install.spec(fullname)


sys.meta_path.insert(0, _First())

_others = PathFinder.find_spec("sitecustomize", [p for p in sys.path if Path(p) != _HERE])
if _others is not None and _others.loader is not None:
    _others.loader.exec_module(importlib.util.module_from_spec(_others))
