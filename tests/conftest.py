"""For all tests: an interrupt interrupts, and what earlier files left costs later ones nothing."""

import gc
import os
import signal

import pytest

# A shell that starts `make test` in the background lets it ignore Ctrl-C's signal, and with it all
# processes that tests start, some of which are to be interrupted.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Each core has a process of tests already: PyTorch's further threads would spin on the same cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")

gc.disable()  # until all tests are collected: there is no garbage in what is imported


def pytest_collection_finish() -> None:
    """Leave what was imported and collected out of every garbage collection from here on.

    These are millions of objects, which live to the end.
    """
    gc.freeze()
    gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """After a file, leave out what it compiled, too: kernels stay in memory.

    A collection that walks through all of them takes seconds, and some tests ask for several.
    """
    if nextitem is None or nextitem.path != item.path:
        gc.collect()
        gc.freeze()
