"""A training run fails where it should. PyTorch stands in for ours here: sound, then faulty."""

import numpy as np
import pytest

from crosscheck.kernels.optimizer import sgd
from crosscheck.parity import reference_training
from crosscheck.parity.suites import training
from crosscheck.parity.training import ours
from crosscheck.parity.training.check import check_training
from crosscheck.parity.training.models import MODELS, STEPS

CASES = {(each.op, each.name): each for each in training.cases()}
RESNET = CASES["ResNet", "SGD"]


@pytest.fixture
def standing_in(monkeypatch):
    """Return a function that puts PyTorch's run, changed step by step, in place of ours."""

    def put(change=lambda step, loss, parameters: (loss, parameters)):
        def train(model, optimizer, dtype, device, initial):
            run = reference_training.train(model, optimizer, dtype)
            for step, (loss, parameters) in enumerate(run, start=1):
                yield change(step, loss, parameters)

        monkeypatch.setattr(ours, "train", train)

    return put


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_run_like_torch_s_own_passes(dtype, standing_in):
    standing_in()
    result = check_training(RESNET, dtype, "cpu")
    assert result.ok and result.share <= 0.25
    row = (result.op, result.direction, result.algorithm, result.dtype, result.suite)
    assert row == ("ResNet", "SGD", "training", dtype, "training")
    assert result.message.startswith("0.bias left out: batch norm")
    assert [len(line) for line in result.drift] == [STEPS, STEPS]
    assert result.seconds > 0
    assert (result.torch_error > 0) == (dtype == "float32")
    assert result.repro == (
        "python -m crosscheck.parity --suite training --op ResNet --case SGD "
        f"--dtype {dtype} --device cpu"
    )


@pytest.mark.parametrize("dtype, far", [("float64", 1e-9), ("float32", 1e-4)])
def test_one_parameter_at_one_step_is_enough_to_fail(dtype, far, standing_in):
    def change(step, loss, parameters):
        if step == 30:
            parameters["7.weight"].flat[3] += far
        return loss, parameters

    standing_in(change)
    result = check_training(RESNET, dtype, "cpu")
    assert not result.ok and result.share > 1
    assert "first 7.weight after step 30" in result.message
    _, parameters = next(reference_training.train(MODELS["ResNet"], "SGD", dtype))
    assert f"in all 1 of {STEPS * len(parameters)} comparisons" in result.message


def test_another_loss_fails(standing_in):
    standing_in(lambda step, loss, parameters: (loss + 1e-9 * (step == 1), parameters))
    result = check_training(RESNET, "float64", "cpu")
    assert not result.ok and "first loss after step 1" in result.message


def test_what_has_no_exact_gradient_is_not_compared(standing_in):
    def change(step, loss, parameters):
        parameters["0.bias"] += 1
        return loss, parameters

    standing_in(change)
    assert check_training(RESNET, "float64", "cpu").ok


def test_nan_fails(standing_in):
    def change(step, loss, parameters):
        parameters["7.weight"][:] = np.nan
        return loss, parameters

    standing_in(change)
    assert not check_training(RESNET, "float32", "cpu").ok


def test_a_run_that_raises_or_ends_early_fails(standing_in):
    def change(step, loss, parameters):
        raise KeyError("lost")

    standing_in(change)
    result = check_training(RESNET, "float64", "cpu")
    assert not result.ok and "KeyError: 'lost'" in result.message


@pytest.mark.parametrize("op", MODELS)
def test_the_gradient_left_out_is_zero_and_no_other(op):
    """In float64, what should be zero is 1e-12 of the largest gradient at most; no other is."""
    model = MODELS[op]
    before = reference_training.initial(model)
    _, after = next(reference_training.train(model, "SGD", "float64"))
    moved = {name: np.abs(after[name] - before[name]).max() for name in after}
    still = {name for name, far in moved.items() if far < 1e-12 * max(moved.values())}
    assert still == set(model.zero_gradient)


@pytest.mark.parametrize("op", MODELS)
def test_batches_come_again_alike_and_are_made_of_float32_numbers(op):
    one, two = MODELS[op].batches(), MODELS[op].batches()
    for _ in range(6):
        (images, classes), (again, _) = next(one), next(two)
        assert np.array_equal(images, again)
        assert np.array_equal(images, images.astype(np.float32))
        assert classes.dtype == np.int64 and len(classes) == len(images)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("op, optimizer", [("SimpleCNN", "SGD"), ("LeNet5", "AdamW")])
def test_ours_stays_beside_torch(op, optimizer, dtype):
    result = check_training(CASES[op, optimizer], dtype, "cpu")
    assert result.ok, result.message


def test_an_optimizer_a_little_wrong_fails(monkeypatch):
    step = sgd.foreach_step

    def nearly(*lists, lr, **options):
        step(*lists, lr=lr * (1 + 1e-8), **options)

    monkeypatch.setattr(sgd, "foreach_step", nearly)
    assert not check_training(RESNET, "float64", "cpu").ok
