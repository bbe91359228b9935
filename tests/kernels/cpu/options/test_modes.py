"""Modes: orders of blocks and threads, fixed, random, repeated; those that exclude each other."""

import re

import numpy as np
import pytest
from numba import cuda

from crosscheck.kernels.cpu import jit, modes
from crosscheck.kernels.cpu.options.modes import Modes


@jit
def arrivals(counter, out):
    out[cuda.atomic.add(counter, 0, 1)] = cuda.grid(1)


@jit
def race(x, out):
    """A barrier is missing: what a thread reads depends on the order."""
    shared = cuda.shared.array(64, np.int32)
    t = cuda.threadIdx.x
    shared[t] = 0
    cuda.syncthreads()
    shared[t] = x[t]
    out[t] = shared[(t + 40) % 64]


def order(blocks=5, threads=37):
    out = np.full(blocks * threads, -1)
    arrivals[blocks, threads](np.zeros(1, np.int64), out)
    return out.tolist()


def test_deterministic_order_is_by_number():
    with modes.using(deterministic=True):
        assert order(200, 64) == list(range(200 * 64))


def test_a_seed_is_a_permutation_and_repeats():
    with modes.using(seed=1):
        first, again = order(), order()
    with modes.using(seed=2):
        other = order()
    assert first == again != other
    assert sorted(first) == sorted(other) == list(range(5 * 37))
    assert first != sorted(first)
    blocks = [number // 37 for number in first]
    assert all(len(set(blocks[i : i + 37])) == 1 for i in range(0, len(blocks), 37))


def test_seeds_show_a_race_that_the_default_order_hides():
    x = np.arange(64, dtype=np.int32)
    results = set()
    for seed in range(8):
        out = np.zeros(64)
        with modes.using(seed=seed):
            race[1, 64](x, out)
        results.add(tuple(out))
    assert len(results) > 4


def test_modes_end_with_their_context_and_a_kernels_own_take_precedence():
    own = jit(arrivals.py_func, deterministic=True, seed=None)
    with modes.using(seed=3):
        out = np.full(20, -1)
        own[2, 10](np.zeros(1, np.int64), out)
    assert out.tolist() == list(range(20))
    assert modes.current() == modes.Modes()


@pytest.mark.parametrize(("seed", "error"), [(-1, ValueError), (1.5, TypeError), (True, TypeError)])
def test_a_wrong_seed_is_refused(seed, error):
    with pytest.raises(error, match=f"seed is {seed}"):
        jit(arrivals.py_func, seed=seed)


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"thread": (3, 0, 0)}, "thread is (3, 0, 0); expected None without debug=True"),
        ({"debug": True, "block": (1, -1)}, "block is (1, -1); expected 1 to 3 integers"),
        ({"debug": True, "thread": ()}, "thread is (); expected 1 to 3 integers"),
        ({"debug": True, "sanitize": True}, "debug is True; expected False beside sanitize"),
        ({"debug": True, "traces": []}, "debug is True; expected False beside sanitize"),
    ],
)
def test_a_wrong_mode_of_the_debugger_is_refused(changes, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        Modes(**changes)


def test_without_greenlet_debug_says_what_to_install(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match="needs greenlet: pip install greenlet") as caught:
        Modes(debug=True)
    assert caught.value.name == "greenlet"


def test_a_chosen_thread_has_three_coordinates():
    pytest.importorskip("greenlet")
    modes = Modes(debug=True, thread=[3])
    assert (modes.thread, modes.block) == ((3, 0, 0), (0, 0, 0))
    assert Modes(debug=True).thread is None


def test_how_mma_adds_is_that_of_a_known_gpu():
    assert Modes().mma == "h100"
    text = "mma is 'v100'; expected one of 'h100', 'a100', 'exact'"
    with pytest.raises(ValueError, match=text):
        Modes(mma="v100")
