import pickle
import shlex

import numpy as np
import pytest

from crosscheck.parity.case import ALL_DTYPES, SHORT, Case


def case(**more):
    return Case("relu", "problems", "a-name", "why", {"input": (3,)}, **more)


def test_the_repro_line_runs_this_case_alone():
    assert case().repro == "python -m crosscheck.parity --suite problems --op relu --case a-name"


def test_the_command_adds_what_failed():
    words = shlex.split(case(repro_flags="--seed 7").command("float32", "cuda", "direct"))
    assert words[-10:] == shlex.split(
        "--seed 7 --case a-name --dtype float32 --device cuda --algorithm direct"
    )


def test_the_seed_comes_from_the_name_not_from_the_suite_or_the_process():
    assert case().seed == 411805579
    twin = Case("relu", "quick", "a-name", "why", {"input": (3,)})
    assert twin.seed == case().seed
    assert case(data_name="other").seed != case().seed


def test_a_sample_of_the_cases_is_run_in_16_bits():
    ran = [case(dtypes=ALL_DTYPES, data_name=f"{i}").usual_dtypes for i in range(600)]
    assert all(each[:2] == ("float32", "float64") and len(each) <= 3 for each in ran)
    for dtype in SHORT:
        assert 30 < sum(dtype in each for each in ran) < 70
    assert case(dtypes=SHORT[:1], data_name="0").usual_dtypes == SHORT[:1]  # has no other


def test_an_unknown_layout_is_refused():
    with pytest.raises(ValueError, match="layout is 'diagonal'; expected one of"):
        case(layout="diagonal")


@pytest.mark.parametrize(
    "strided",
    [
        np.arange(24.0).reshape(4, 6)[::2, ::3],
        np.arange(24.0).reshape(4, 6).T,
        np.arange(24.0).reshape(4, 6)[::-1, 1:],
        np.broadcast_to(np.arange(6.0), (4, 6)),
        np.arange(24.0).reshape(4, 6)[::2, :1].T,  # in C order, with the strides of a part
        np.arange(24.0).reshape(4, 6)[:0, ::-2],
    ],
)
def test_a_worker_gets_arrays_with_their_strides(strided):
    inputs = {"input": strided, "weight": np.ones((2, 3)), "bias": (3,)}
    case = Case("linear", "suite", "name", "a test", inputs, layout="given")
    there = pickle.loads(pickle.dumps(case))
    assert there.inputs["input"].strides == strided.strides
    assert np.array_equal(there.inputs["input"], strided)
    assert np.array_equal(there.inputs["weight"], np.ones((2, 3))) and there.inputs["bias"] == (3,)
    assert (there.op, there.layout, there.seed) == (case.op, case.layout, case.seed)
