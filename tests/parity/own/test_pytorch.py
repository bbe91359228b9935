"""The referee: PyTorch itself, held to the suite by `crosscheck parity --subject torch`."""

import pytest
import torch

from crosscheck.benchmarks.results_file import Results
from crosscheck.benchmarks.row import Row
from crosscheck.parity import parallel, run
from crosscheck.parity.operators import OPERATORS
from crosscheck.parity.own import pytorch, registry
from crosscheck.parity.worker import Options


@pytest.fixture
def referee(call, monkeypatch):
    """Return a function that calls it in this process, where its subject can be broken."""
    monkeypatch.setattr(parallel, "in_this_process", lambda options, jobs: True)
    return lambda *words: call("--subject", "torch", "--suite", "quick", *words)


@pytest.mark.parametrize("op", ["relu", "conv2d"])
def test_the_referee_says_how_many_calls_of_pytorch_are_wrong(op, referee):
    answer = referee("--op", op, "--dtype", "float64")
    assert answer.exit_code == 0, answer.output
    assert f"PyTorch {torch.__version__} on" in answer.output
    assert "0 of " in answer.output and "outside their bound, 0 not reproducible" in answer.output
    assert "Left out: poisoned outputs" in answer.output


def test_the_referee_names_a_wrong_function_and_repeats_it(monkeypatch, referee, call):
    right = torch.nn.functional.max_pool2d

    def wrong(input, *rest, **options):
        result, indices = right(input, *rest, **options)
        return (result * 1.5 if input.dtype == torch.float32 else result), indices

    monkeypatch.setattr(torch.nn.functional, "max_pool2d", wrong)
    answer = referee("--op", "max_pool2d")
    assert answer.exit_code == 1
    assert "max_pool2d forward float32: " in answer.output
    assert "max_pool2d input_gradient float32: " in answer.output
    assert "max_pool2d forward float64: " not in answer.output
    (line, *_) = [each for each in answer.output.splitlines() if "--case" in each]
    assert "--subject torch" in line
    again = call(*line.split()[3:])
    assert "2 of 2 calls outside their bound, 0 not reproducible" in again.output


def test_the_referee_names_what_is_not_reproducible(monkeypatch, referee):
    right, calls = torch.nn.functional.avg_pool2d, []

    def shaky(input, *rest, **options):
        calls.append(1)
        result = right(input, *rest, **options)
        one = 1 + 2**-23 * (len(calls) % 2) * (input.dtype == torch.float32)
        return result * one

    monkeypatch.setattr(torch.nn.functional, "avg_pool2d", shaky)
    answer = referee("--op", "avg_pool2d", "--dtype", "float32", "--case", "halves")
    line = "avg_pool2d forward float32: 1 of 1 not reproducible"
    assert line in answer.output and ", 2 not reproducible" in answer.output, answer.output


def test_pytorch_is_there_for_all_operators_but_one_of_random_results():
    pytorch.register()
    named = {place.op for place in registry.places()}
    assert set(OPERATORS) - named == {"dropout"}
    assert {place.name for place in registry.places()} == {"torch"}


def test_it_computes_with_onednn_as_a_program_does_and_the_reference_without(monkeypatch):
    seen = set()
    right = torch.nn.functional.relu

    def noted(input):
        seen.add((input.dtype, torch.backends.mkldnn.enabled))
        return right(input)

    monkeypatch.setattr(torch.nn.functional, "relu", noted)
    pytorch.register()
    assert all(each.ok for each in run.run(("images",), "relu", "float32", algorithm="torch"))
    assert (torch.float32, True) in seen and (torch.float64, False) in seen
    assert (torch.float64, True) not in seen and not torch.backends.mkldnn.enabled


def test_it_runs_apart_for_pytorch_may_end_its_process(call):
    assert parallel.in_this_process(Options(), 1) and not parallel.in_this_process(Options(), 2)
    assert not parallel.in_this_process(Options(subject="torch"), 1)
    words = "--suite", "quick", "--op", "relu", "--case", "vector", "--dtype", "float32"
    answer = call("--subject", "torch", *words)
    assert answer.exit_code == 0 and "All 2 cases passed" in answer.output, answer.output


def test_it_names_what_is_slow_by_a_run_of_the_benchmarks(tmp_path, referee, call):
    what = "resnet50", "rows", "relu", "forward", "torch", "", "float32", "nchw", "cpu"
    slow = Row(*what, microseconds=12.0, share=0.25, bound="memory")
    Results({}, {}, [slow]).write(tmp_path / "results.json")
    words = "--op", "relu", "--case", "vector", "--timings", str(tmp_path)
    answer = referee(*words)
    assert answer.exit_code == 0  # right, if slow
    assert "relu forward float32: 'rows' of resnet50" in answer.output, answer.output
    assert "25.0% of its roofline (memory), on a CPU" in answer.output
    assert "1 of 1 timed calls slower than half their roofline" in answer.output
    alone = call(*words)
    assert alone.exit_code == 2 and "expected --subject torch beside it" in alone.output
    missing = referee("--timings", str(tmp_path / "nothing"))
    assert missing.exit_code == 2 and "--timings" in missing.output
