"""The referee's verdict, of results that are made up."""

import io

from rich.console import Console

from crosscheck.parity.check import OTHER_BITS
from crosscheck.parity.report import referee
from crosscheck.parity.result import Result
from crosscheck.parity.worker import NO_DIRECTION

FACTS = {"torch": "2.99", "device": "a GPU"}


def result(message="", direction="forward", **more):
    repro = f"repeat {direction} {message}"
    named = ("conv2d", direction, "torch", "float32", "cuda", "fuzz", "a")
    return Result(*named, ok=not message, message=message, repro=repro, **more)


def verdict(*results):
    console = Console(file=io.StringIO(), width=200)
    referee.conclude(console, results, FACTS)
    return console.file.getvalue()


def test_a_sound_pytorch_has_one_line():
    text = verdict(result(), result(), result(unsupported="negative strides"))
    assert "PyTorch 2.99 on a GPU: 0 of 2 calls outside their bound, 0 not reproducible\n" in text
    assert "repeat" not in text and "Left out" in text


def test_wrong_changing_and_deadly_calls_are_counted_apart():
    wrong, changing = "outside the bound: 1 of 2 elements", f"{OTHER_BITS} in forward"
    found = [result(), result(wrong), result(wrong, special=True), result(changing)]
    found += [result(f"{wrong}; {changing}"), result("the process died: SIGSEGV", NO_DIRECTION)]
    text = verdict(*found)
    assert "conv2d forward float32: 3 of 5 outside their bound (1 on NaN, infinite" in text
    assert "conv2d forward float32: 2 of 5 not reproducible" in text
    assert "conv2d case float32: 1 of 1 ended their process" in text
    assert "3 of 6 calls outside their bound (1 on NaN, infinite or huge numbers)" in text
    assert text.rstrip().endswith("2 not reproducible, 1 ended their process")
    assert f"repeat forward {wrong}\n" in text


def test_a_message_of_a_call_that_passed_is_no_failure():
    note = result()
    text = verdict(Result(**{**note.__dict__, "message": "integer check left out: too many"}))
    assert "0 of 1 calls outside their bound" in text
