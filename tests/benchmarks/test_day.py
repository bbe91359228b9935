"""A day: what runs, in which order, within which time; what is kept when it stops."""

import json
import signal
import sys
import threading

import pytest

from crosscheck.benchmarks import day
from crosscheck.benchmarks.day import CUT, DONE, FAILED, LEFT_OUT, Step


def step(name, code, share=0.5, missing=""):
    return Step(name, (sys.executable, "-c", code), share, missing)


QUICK, LAST = step("quick", "print('said')"), step("report", "print('all')")


def ends(steps, out, seconds=120.0):
    return [(each.step, each.how) for each in day.run(steps, out, seconds)]


def test_steps_run_in_order_and_keep_their_output(tmp_path):
    failing = step("failing", "raise SystemExit(3)")
    steps = QUICK, failing, step("absent", "", missing="no such tool"), LAST
    expected = [("quick", DONE), ("failing", FAILED), ("absent", LEFT_OUT), ("report", DONE)]
    assert ends(steps, tmp_path) == expected
    assert "said" in (tmp_path / "quick.log").read_text()
    kept = json.loads((tmp_path / "day.json").read_text())
    assert [(each["step"], each["how"]) for each in kept] == expected
    assert "exit status 3" in kept[1]["why"] and kept[2]["why"] == "no such tool"


def test_what_was_done_is_not_repeated_but_what_failed_and_the_report_are(tmp_path):
    again = step("quick", "raise SystemExit(1)")
    assert ends([QUICK, step("other", "raise SystemExit(1)"), LAST], tmp_path)[1] == (
        "other",
        FAILED,
    )
    steps = again, step("other", "print(1)"), step("report", "raise SystemExit(1)")
    assert ends(steps, tmp_path) == [("quick", DONE), ("other", DONE), ("report", FAILED)]


def test_a_step_is_cut_by_ctrl_c_and_what_has_no_time_is_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(day, "REPORT", 1.0)
    monkeypatch.setattr(day, "LEAST", 1.5)
    slow = """
import time
try:
    time.sleep(60)
except KeyboardInterrupt:
    print("kept")
    raise SystemExit(130)
"""
    steps = step("slow", slow, share=0.9), step("late", "", share=0.1), LAST
    found = [("slow", CUT), ("late", LEFT_OUT), ("report", LEFT_OUT)]
    assert ends(steps, tmp_path, seconds=4.0) == found
    assert "kept" in (tmp_path / "slow.log").read_text()


def test_ctrl_c_ends_the_step_and_the_day_and_the_record_says_so(tmp_path):
    before = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(1.0, signal.raise_signal, [signal.SIGINT])
    timer.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            list(day.run([step("slow", "import time; time.sleep(60)"), LAST], tmp_path, 600.0))
    finally:
        timer.cancel()
        signal.signal(signal.SIGINT, before)
    (slow,) = day.read(tmp_path)
    assert (slow.how, slow.why) == (CUT, "interrupted") and slow.seconds < 30


def test_a_damaged_record_is_named(tmp_path):
    (tmp_path / "day.json").write_text("[{}")
    with pytest.raises(ValueError, match="day.json is no record of a day"):
        day.read(tmp_path)


def test_the_steps_of_a_day(tmp_path):
    names = [each.name for each in day.steps("cpu", tmp_path)]
    tools = [f"sanitizer-{tool}" for tool in day.TOOLS]
    assert names == ["parity", *tools, "benchmarks", "report"]
    for each in day.steps("cpu", tmp_path):
        assert bool(each.missing) == each.name.startswith("sanitizer")
    narrow = day.steps("cuda", tmp_path, op="relu")
    assert "relu" in narrow[0].command and "relu" in narrow[-2].command
