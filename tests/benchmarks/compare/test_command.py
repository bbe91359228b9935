"""`crosscheck bench compare`: files or refs, what is shown, and the exit status."""

import pytest
from typer.testing import CliRunner

from crosscheck.benchmarks.__main__ import app
from crosscheck.benchmarks.compare import interleaved, refs
from crosscheck.kernels.inspect import record
from crosscheck.kernels.inspect.record import Figures, Record
from crosscheck.kernels.inspect.variant import Variant


def call(*words):
    return CliRunner().invoke(app, ["compare", *map(str, words)])


@pytest.fixture
def files(row, run, tmp_path):
    """A function that writes two runs, the second in a folder, and returns their paths."""

    def make(before, after):
        (tmp_path / "b").mkdir(exist_ok=True)
        before.write(tmp_path / "a.json")
        after.write(tmp_path / "b" / "results.json")
        return tmp_path / "a.json", tmp_path / "b"

    return make


def test_slower_exits_with_1_and_every_row_has_its_verdict(row, run, files):
    before = run(*(row(100, layer=name) for name in "abc"))
    after = run(row(110, layer="a"), row(90, layer="b"), row(100, layer="c"))
    answer = call(*files(before, after))
    assert answer.exit_code == 1
    lines = [line for line in answer.output.splitlines() if "crosscheck tiled" in line]
    assert [line.split()[1] for line in lines] == ["a", "c", "b"]
    for line, verdict in zip(lines, ("slower", "no difference", "faster"), strict=True):
        assert line.rstrip().endswith(f" {verdict}")
    assert "1 slower, 1 faster, 1 no difference" in answer.output
    assert "WORSE: 1 got slower by more than 5 %" in answer.output


def test_within_the_threshold_exits_with_0(row, run, files):
    pair = files(run(row(100)), run(row(110)))
    answer = call(*pair, "--threshold", "20")
    assert answer.exit_code == 0 and "Nothing got slower by more than 20 %" in answer.output


def test_another_gpu_is_said_first(row, run, files):
    answer = call(*files(run(row(), device="H200"), run(row(), device="A100")))
    assert "Not the same device: the ratios compare machines" in answer.output.splitlines()[0]
    assert "H200 -> A100" in answer.output
    same = call(*files(run(row()), run(row())))
    assert "Not the same" not in same.output


def test_problems_throttling_and_lone_rows_are_listed(row, run, files):
    hot = row(100, layer="hot", throttled="power cap")
    before = run(row(layer="lost"), hot, row(layer="old"))
    after = run(row(0, layer="lost", problem="out of memory"), hot, row(layer="new"))
    answer = call(*files(before, after))
    assert answer.exit_code == 1 and "out of memory" in answer.output
    for text in ("throttled after: power cap", "1 only before:", "1 only after:"):
        assert text in answer.output


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("a.json", "missing.json"), "missing.json does not exist"),
        (("a.json", "HEAD"), "'HEAD' is a git ref; expected two files or two refs"),
        (("a.json", "bad.json"), "no results of `crosscheck bench run`"),
        (("no such ref", "HEAD"), "'no such ref' is neither"),
        (("a.json", "a.json", "--", "--suite", "ladder"), "which only two refs run"),
    ],
)
def test_what_cannot_be_compared_exits_with_2(row, run, tmp_path, monkeypatch, names, words):
    run(row()).write(tmp_path / "a.json")
    (tmp_path / "bad.json").write_text("{}")
    monkeypatch.chdir(tmp_path)
    answer = call(*names)
    assert answer.exit_code == 2 and words in answer.output


@pytest.fixture
def rounds(row, run, monkeypatch):
    """Replace runs of refs by these rounds; return what they are asked with."""
    asked = {}

    def make(*given):
        def fake(commits, rounds, options, announce):
            asked.update(commits=commits, rounds=rounds, options=options)
            for each in given:
                announce("a run")
                if isinstance(each, BaseException):
                    raise each
                yield each

        monkeypatch.setattr(interleaved, "run", fake)
        monkeypatch.setattr(refs, "commit", lambda ref: f"commit of {ref}")
        return asked

    return make


def test_refs_run_with_the_options_behind_the_dashes(row, run, rounds):
    asked = rounds((run(row(100)), run(row(110))))
    answer = call("main", "HEAD", "--rounds", "4", "--", "--suite", "ladder")
    assert answer.exit_code == 1 and "1 slower" in answer.output
    expected = {"rounds": 4, "options": ["--suite", "ladder"]}
    assert asked == {"commits": ("commit of main", "commit of HEAD"), **expected}


def test_an_interrupt_keeps_the_rounds_that_ended(row, run, rounds):
    rounds((run(row(100)), run(row(110))), KeyboardInterrupt())
    answer = call("main", "HEAD")
    assert answer.exit_code == 130
    assert "Interrupted after 1 of 3 rounds" in answer.output and "1 slower" in answer.output
    rounds(KeyboardInterrupt())
    answer = call("main", "HEAD")
    assert answer.exit_code == 130 and "Interrupted after 0 of 3 rounds" in answer.output


def test_a_run_that_failed_is_shown(rounds):
    rounds(RuntimeError("no such suite"))
    answer = call("main", "HEAD")
    assert answer.exit_code == 2 and "no such suite" in answer.output


def test_static_compares_records_and_names_what_got_worse(tmp_path):
    kernel = Variant("loss.mse_loss.partial_kernel", "sm_90a", "float32", 32)
    line = Figures(100, 0, 0, 1024, 4, 1000, 1.2, 8.0, 16.0, 85.0, 20.0, "issue")
    worse = Figures(100, 24, 0, 1024, 4, 1000, 1.2, 8.0, 16.0, 80.0, 20.0, "issue")
    for name, each in (("a.csv", line), ("b.csv", worse)):
        record.write(Record("numba 1", {kernel: each}), tmp_path / name)
    answer = call(tmp_path / "a.csv", tmp_path / "b.csv", "--static")
    assert answer.exit_code == 1 and "WORSE: 2 figures" in answer.output
    (spills,) = (line for line in answer.output.splitlines() if "spills" in line)
    assert spills.split() == [kernel.kernel, *"spills 0 24 worse sm_90a float32 32-bit".split()]
    back = call(tmp_path / "b.csv", tmp_path / "a.csv", "--static")
    assert back.exit_code == 0 and "Nothing got worse; 2 figures" in back.output


def test_static_of_one_ref_twice_is_no_difference():
    answer = call("HEAD", "HEAD", "--static")
    if "no git checkout" in answer.output:
        pytest.skip("the tests run outside a git checkout")
    assert answer.exit_code == 0 and "0 figures of a kernel got better" in answer.output
