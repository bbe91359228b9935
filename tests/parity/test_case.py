import shlex

import pytest

from crosscheck.parity.case import Case


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


def test_an_unknown_layout_is_refused():
    with pytest.raises(ValueError, match="layout is 'diagonal'; expected one of"):
        case(layout="diagonal")
