from collections import Counter

import numpy as np
import pytest
import torch
from torch.testing._internal.common_methods_invocations import op_db

from crosscheck.parity import expected, samples
from crosscheck.parity import run as suites
from crosscheck.parity.operator import NO_SAMPLES
from crosscheck.parity.operators import OPERATORS
from crosscheck.parity.optimizers.steps import OPTIONS
from crosscheck.parity.suites import fuzz, opinfo, problems, quick

OPS = tuple(OPERATORS)
SAMPLED = [op for op in OPS if OPERATORS[op].opinfo_name != NO_SAMPLES]


def describe(case):
    """Return everything a case says, arrays by their bytes."""
    inputs = {
        name: each.tobytes() if isinstance(each, np.ndarray) else each
        for name, each in case.inputs.items()
    }
    return {**vars(case), "inputs": inputs}


@pytest.mark.parametrize("suite", [problems, quick, fuzz, opinfo], ids=lambda s: s.__name__)
def test_no_two_cases_of_an_operator_have_one_name(suite):
    names = Counter((each.op, each.name) for each in suite.cases())
    assert max(names.values()) == 1
    expected = set(SAMPLED) if suite is opinfo else set(OPS)
    assert expected == {op for op, _ in names} - set(OPTIONS)  # these are optimizers


def test_every_problem_says_why_it_is_there():
    assert all(each.reason for each in problems.cases())


@pytest.mark.parametrize("op", SAMPLED)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_opinfo_has_every_sample_twice_contiguous_and_not(op, dtype):
    kind, drawn = getattr(torch, dtype), []
    with samples.seeding_the_cpu_alone():
        for info in (each for each in op_db if each.name == OPERATORS[op].opinfo_name):
            drawn += info.sample_inputs("cpu", kind)
            if info.reference_inputs_func:
                drawn += info.reference_inputs("cpu", kind)
    count = len(drawn)
    cases = [each for each in opinfo.cases(op=op) if each.name.startswith(dtype)]
    twins = [each for each in cases if each.name.endswith("-noncontiguous")]
    assert (len(cases), len(twins)) == (2 * count, count)
    least = {"conv2d": 30, "max_pool2d": 1440, "avg_pool2d": 7, "relu": 45}
    least |= {"batch_norm": 24, "adaptive_avg_pool2d": 10, "dropout": 19}
    least |= {"add": 129, "mul": 123, "sum": 20, "mean": 20, "pad": 89}
    assert count >= least.get(op, 1)


@pytest.mark.parametrize(
    "op, count",
    [("conv2d", 10), ("max_pool2d", 7), ("avg_pool2d", 5), ("adaptive_avg_pool2d", 3), ("mean", 2)],
)
def test_opinfo_has_every_input_that_torch_says_must_be_refused(op, count):
    info = next(each for each in op_db if each.name == OPERATORS[op].opinfo_name)
    assert len(list(info.error_inputs("cpu"))) == count
    errors = [each for each in opinfo.cases(op=op) if each.rejects]
    assert len(errors) == count


def test_samples_out_of_scope_are_counted_and_say_why():
    cases = [each for each in opinfo.cases() if each.out_of_scope]
    # Four dtypes, each sample with its twin: two pairs of numbers, 81 ways of padding that are not
    # an image's with its own elements (51 with a constant), 8 convolutions with outputs too small
    # to pool; and one mean with a dtype. Tensors as the limits of clamp and the exponent of pow,
    # which pow_tensor has, and numbers as that of the latter; copies in another memory format;
    # quotients of two numbers; volumes, areas and antialiasing; extrema of all
    # or of two tensors; choices between numbers or dtypes.
    counts = {"add": 16, "mul": 16, "mean": 1, "pad": 648, "conv2d_relu_max_pool2d": 64}
    counts |= {"clamp": 264, "pow": 888, "clone": 272, "div": 48, "pow_tensor": 80}
    counts |= {"interpolate": 544, "max": 888, "min": 888, "where": 80}
    assert Counter(each.op for each in cases) == counts
    for case in cases:
        (row,) = suites.run_case(case, case.dtypes[0], "cpu", None)
        assert row.direction == "out_of_scope" and row.ok and row.unsupported


@pytest.mark.parametrize("op", ["softmax", "log_softmax"])
def test_a_sample_that_asks_for_another_dtype_is_a_case_of_that(op):
    cases = [each for each in opinfo.cases(op=op) if each.given_dtype]
    assert len(cases) == 42  # 7 samples and their twins, of each dtype but the one asked for
    asked = {(each.given_dtype, each.dtypes) for each in cases}
    assert asked == {(given, ("float64",)) for given in ("float32", "float16", "bfloat16")}
    assert all(each.options["dtype"] == np.float64 for each in cases)


def test_twins_hold_the_same_values_in_other_strides():
    cases = {each.name: each for each in opinfo.cases(op="conv2d")}
    for number in range(30):
        packed = cases[f"float32-{number:04}"].inputs
        strided = cases[f"float32-{number:04}-noncontiguous"].inputs
        assert packed.keys() == strided.keys()
        for name, array in packed.items():
            assert np.array_equal(array, strided[name])
            assert array.strides != strided[name].strides


def test_fuzz_is_the_same_for_one_seed_and_another_for_another():
    first, again, other = (
        [describe(each) for each in fuzz.cases(seed=seed, count=50)] for seed in (3, 3, 4)
    )
    assert first == again
    assert first != other


def test_one_fuzz_case_can_be_had_alone():
    fortieth = list(fuzz.cases(seed=3, count=50))[40]
    (alone,) = fuzz.cases(seed=3, case="40")
    assert describe(alone) == describe(fortieth)
    assert "--seed 3 --case 40" in alone.repro
    (beyond,) = suites.cases(["fuzz"], seed=3, case="100000")
    assert beyond.name == "100000"


def test_two_seeds_draw_other_numbers():
    one, two = (next(iter(fuzz.cases(seed=seed))) for seed in (0, 1))
    assert one.seed != two.seed


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
@pytest.mark.filterwarnings("ignore:Using a target size")
def test_torch_takes_every_fuzz_case():
    for case in fuzz.cases(seed=11, count=300):
        expected.of(case, "float32")


def test_fuzz_reaches_every_operator_and_layout():
    drawn = Counter((each.op, each.layout) for each in fuzz.cases())
    assert set(drawn) >= {(op, layout) for op in OPS for layout in fuzz.LAYOUTS}


def test_quick_draws_the_same_data_as_the_suite_it_takes_from():
    whole = {(each.op, each.name): each.seed for each in problems.cases()}
    for case in quick.cases():
        if not case.name.startswith("fuzz-"):
            assert whole[case.op, case.name] == case.seed
