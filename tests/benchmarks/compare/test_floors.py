"""Predictions of two commits: which calls take longer, and where they are found."""

import json
from dataclasses import asdict, replace

import pytest
from typer.testing import CliRunner

from crosscheck.benchmarks.__main__ import app
from crosscheck.benchmarks.compare import floors
from crosscheck.benchmarks.predictions_file import Prediction, parse

WHAT = ("ladder", "a", "conv2d", "forward", "tiled", "float32", "nchw", "H200 SXM", "issue")
ONE = Prediction(*WHAT, microseconds=100.0, share=0.1, flops=1e9, bytes=1e6)
OTHER = replace(ONE, layer="b", microseconds=50.0)


def text(*predictions, **fields):
    rows = [asdict(each) | {"problem": ""} for each in predictions]
    return json.dumps({"kind": "prediction", "rows": rows} | fields)


def test_a_call_that_takes_longer_by_prediction_got_worse():
    after = [replace(ONE, microseconds=110.0), replace(OTHER, microseconds=40.0)]
    found = floors.compare([ONE, OTHER], after)
    assert [(each.after.layer, each.ratio) for each in found.changes] == [("a", 1.1), ("b", 0.8)]
    assert [each.after.layer for each in found.worse] == ["a"] and found.calls == 2


def test_rounding_is_no_change_and_another_gpu_or_call_is_not_compared():
    near, elsewhere = (
        replace(ONE, microseconds=100.4),
        replace(ONE, device="T4", microseconds=900.0),
    )
    found = floors.compare([ONE], [near, elsewhere, OTHER])
    assert not found.changes and found.calls == 1


def test_committed_predictions_are_read_and_other_files_are_not(repository):
    files = {"predict.json": text(ONE), "run.json": '{"rows": []}', "notes.md": "no JSON"}
    commit = repository.commit({f"{floors.FOLDER}/{name}": each for name, each in files.items()})
    assert floors.read(commit, repository.root) == [ONE]
    assert (
        floors.read(
            repository.commit({"a": "1", f"{floors.FOLDER}/predict.json": None}), repository.root
        )
        == []
    )


def test_what_could_not_be_predicted_is_left_out_and_a_broken_file_refused():
    broken = asdict(OTHER) | {"problem": "MemoryError"}
    assert parse(text(rows=[asdict(ONE), broken]), "a file") == [ONE]
    with pytest.raises(ValueError, match="a file: no results of `crosscheck bench predict`"):
        parse(text(rows=[{"layer": "a"}]), "a file")


def test_two_files_of_predictions_are_compared_with_static(tmp_path):
    (tmp_path / "a.json").write_text(text(ONE))
    (tmp_path / "b.json").write_text(text(replace(ONE, microseconds=120.0, bound="shared")))

    def call(*names):
        words = ["compare", *(str(tmp_path / name) for name in names), "--static"]
        return CliRunner().invoke(app, words)

    answer = call("a.json", "b.json")
    assert answer.exit_code == 1 and "1 of 1 calls got worse" in answer.output
    assert "1.200" in answer.output and "issue -> shared" in answer.output
    assert call("b.json", "a.json").exit_code == 0
    (tmp_path / "c.json").write_text("{}")
    answer = call("a.json", "c.json")
    assert answer.exit_code == 2 and "nothing to compare" in answer.output
