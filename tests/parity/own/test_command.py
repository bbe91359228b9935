"""`crosscheck parity --module FILE`, from the command to what it says."""

import json
import sys

import pytest

from crosscheck.kernels.cpu.cuda import install

RELU = """
from numba import cuda

@cuda.jit
def relu_kernel(x, y):
    i = cuda.grid(1)
    if i < x.size:
        {store}

@algorithm("relu", name="mine")
def relu(input, out):
    if not (input.flags.c_contiguous and out.flags.c_contiguous):
        raise Unsupported("other strides")
    relu_kernel[-(-out.size // 256), 256](input.reshape(-1), out.reshape(-1))
"""
GOOD = RELU.format(store="y[i] = 0 if x[i] < 0 else x[i]")
FAILS = """
import numpy as np

@algorithm("relu", name="mine")
def relu(input, out):
    {body}
"""


@pytest.fixture
def quick(call):
    def run(file, *words):
        return call("--module", file, "--suite", "quick", "--dtype", "float32", *words)

    return run


def test_a_kernel_for_numba_cuda_passes_and_what_it_does_not_take_is_counted(
    written, tmp_path, quick
):
    report = tmp_path / "j"
    answer = quick(written(GOOD), "--json", str(report))
    assert answer.exit_code == 0, answer.output
    cases = json.loads(report.read_text())["cases"]
    assert {(each["op"], each["direction"], each["algorithm"]) for each in cases} == {
        ("relu", "forward", "mine")
    }
    refused = [each for each in cases if each["unsupported"]]
    assert 0 < len(refused) < len(cases)
    assert f"{len(cases) - len(refused)} cases passed, {len(refused)} unsupported" in answer.output


@pytest.mark.parametrize(
    "source, message",
    [
        (RELU.format(store="y[i] = abs(x[i])"), "outside the bound"),
        (RELU.format(store="y[i] = x[i] if x[i] > 0 else 0"), "NaN or infinity"),
        (RELU.format(store="y[i - i % 2] = 0 if x[i] < 0 else x[i]"), "never written"),
        (FAILS.format(body="out.fill(0); out.base.reshape(-1)[:9] = 0"), "outside the array"),
        (
            FAILS.format(body="out[...] = np.maximum(input, 0, out=input)"),
            "input input was changed",
        ),
        (
            FAILS.format(body="out[...] = np.random.default_rng().random(input.shape)"),
            "other bits",
        ),
        (FAILS.format(body="return out"), "never written"),
        (FAILS.format(body="raise KeyError('lost')"), "KeyError: 'lost'"),
    ],
)
def test_a_wrong_kernel_is_caught_and_the_line_that_repeats_it_does(
    source, message, written, quick, call
):
    file = written(source)
    answer = quick(file)
    assert answer.exit_code == 1 and message in answer.output, answer.output
    (line, *_) = [each for each in answer.output.splitlines() if "--case" in each]
    assert f"--module {file}" in line and "--algorithm mine" in line
    again = call(*line.split()[3:])
    assert again.exit_code == 1 and "FAILED: 1 of 1 cases" in again.output


def test_the_sanitizer_watches_a_numba_kernel(written, call):
    file = written(RELU.format(store="y[i + 1] = x[i]"))
    answer = call("--module", file, "--sanitize", "--dtype", "float32", "--case", "vector")
    assert answer.exit_code == 1 and "y[" in answer.output and "own_kernels.py" in answer.output


def test_one_of_several_is_chosen_and_the_others_are_left_alone(written, quick):
    file = written(GOOD + FAILS.replace("mine", "other").format(body="raise KeyError"))
    assert quick(file, "--algorithm", "mine").exit_code == 0
    assert quick(file, "--algorithm", "other").exit_code == 1
    assert quick(file).exit_code == 1


def test_an_unknown_name_lists_those_of_the_file_too(written, quick):
    answer = quick(written(GOOD), "--algorithm", "fft")
    assert answer.exit_code == 2
    assert "'fft' is not one of" in answer.output and "'mine'" in answer.output


@pytest.mark.parametrize(
    "source, message",
    [
        ("x = 1", "own_kernels.py: it registers nothing"),
        ("\n\nraise KeyError('lost')", "own_kernels.py:4: KeyError: 'lost'"),
        ("def f(:", "own_kernels.py:2: SyntaxError"),
        ("\nimport no_such_thing", "own_kernels.py:3: ModuleNotFoundError"),
        ("algorithm('conv3d', name='a')(print)", "own_kernels.py:2: ValueError: register: op"),
        ("algorithm('relu', 'up', name='a')(print)", "direction of relu is 'up'; expected"),
        ("algorithm('relu', name='direct')(lambda out: 0)", "name is 'direct'; expected another"),
    ],
)
def test_a_file_that_cannot_be_used_exits_with_2_and_says_where(source, message, written, quick):
    answer = quick(written(source))
    assert answer.exit_code == 2 and message in answer.output, answer.output


def test_a_file_that_is_not_there_or_is_not_python_exits_with_2(written, tmp_path, quick):
    missing = quick(str(tmp_path / "own_missing.py"))
    assert missing.exit_code == 2 and "own_missing.py: there is no such file" in missing.output
    other = quick(written("", name="own_kernels.txt"))
    assert other.exit_code == 2 and "own_kernels.txt: expected a file of Python" in other.output


def test_a_file_with_the_name_of_another_module_is_refused(written, quick):
    answer = quick(written(GOOD, name="json.py"))
    assert answer.exit_code == 2 and "another module has the name 'json'" in answer.output


def test_the_file_is_a_module_and_numba_cuda_itself_again_afterwards(written, quick):
    file = written(GOOD)
    quick(file, "--case", "vector")
    assert sys.modules["own_kernels"].__file__ == file  # where its kernels say they are
    assert not install.is_installed()


def test_fuzzing_by_the_clock_takes_no_file(written, quick):
    answer = quick(written(GOOD), "--minutes", "1")
    assert answer.exit_code == 2 and "--minutes" in answer.output
