"""Faults in the optimizers' steps on a list of parameters; rule_faults.py has those of rules."""

from functools import partial

from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.optimizers import rule_faults

FOREACH = "crosscheck.kernels.optimizer.foreach"
LISTS = "crosscheck.kernels.optimizer.lists"
SGD = "crosscheck.kernels.optimizer.sgd"
ADAM = "crosscheck.kernels.optimizer.adam_kernels"

_in_foreach = partial(Fault, algorithm="foreach")

OF_LISTS = (
    _in_foreach(
        "the last chunk of a parameter is dropped",
        FOREACH,
        "counts = -(-np.array(sizes, np.int64) // CHUNK)",
        "counts = np.array(sizes, np.int64) // CHUNK",
        "SGD",
        "step",
    ),
    _in_foreach(
        "every chunk is the first of its parameter",
        FOREACH,
        "[owner, number * CHUNK]",
        "[owner, number * 0]",
        "SGD",
        "step",
    ),
    _in_foreach(
        "the last chunk of a parameter is a whole one",
        FOREACH,
        "count == CHUNK\n",
        "count <= CHUNK\n",
        "SGD",
        "step",
        sanitize=True,
    ),
    _in_foreach(
        "the last parameter's chunk is of the one before",
        FOREACH,
        "[owner, number * CHUNK]",
        "[np.minimum(owner, 7), number * CHUNK]",
        "SGD",
        "step",
    ),
    _in_foreach(
        "the momentum is that of another parameter",
        SGD,
        "b = array_at(real, parameters[owner, 4] + offset, count)",
        "b = array_at(real, parameters[min(owner, 7), 4] + offset, count)",
        "SGD",
        "step momentum=0.9",
    ),
    _in_foreach(
        "a thread's second quad is its first",
        SGD,
        "at = t * 4 + index(turn * APART)",
        "at = t * 4 + index(turn * 0)",
        "SGD",
        "step",
    ),
    _in_foreach(
        "the quads of the mean of squares are of the mean",
        ADAM,
        "load_quad(m, at), load_quad(v, at)",
        "load_quad(m, at), load_quad(m, at)",
        "Adam",
        "step",
    ),
    _in_foreach(
        "the third of a quad gets the square of the second",
        ADAM,
        "(v0, v1, v2, v3)",
        "(v0, v1, v1, v3)",
        "Adam",
        "step",
    ),
    _in_foreach(
        "the largest is not stored",
        ADAM,
        "            if amsgrad:\n                store_quad(largest, at, most)\n",
        "",
        "Adam",
        "step amsgrad=True",
    ),
    _in_foreach(
        "strided arrays are taken for rows",
        LISTS,
        "if foreach.is_row(",
        "if True or foreach.is_row(",
        "AdamW",
        "step",
    ),
)
FAULTS = (*OF_LISTS, *rule_faults.FAULTS)
