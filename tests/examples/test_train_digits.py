"""The example trains, stops, resumes to the same bits, and names what is wrong."""

import numpy as np
import pytest
from typer import Typer
from typer.testing import CliRunner

from crosscheck import nn
from crosscheck.examples import data, train_digits, training
from crosscheck.examples.data import Data

app = Typer()
app.command()(train_digits.main)


@pytest.fixture(autouse=True)
def few_digits(monkeypatch):
    whole = data.load("digits")
    few = Data(*(each[:128] for each in vars(whole).values()))
    monkeypatch.setattr(data, "load", lambda name: few if name == "digits" else data._openml(name))


def run(output, *options):
    arguments = ["--output", str(output), "--epochs", "3", *options]
    return CliRunner().invoke(app, arguments)


def weights(output):
    return {name: each.numpy() for name, each in nn.load(output / "model.safetensors").items()}


def interrupt(monkeypatch, step):
    """Let Ctrl-C come at this step of training, counted from 1."""
    original, calls = training.Training._step, []

    def interrupted(self, batch, rng):
        calls.append(batch)
        if len(calls) == step:
            raise KeyboardInterrupt
        return original(self, batch, rng)

    monkeypatch.setattr(training.Training, "_step", interrupted)


def test_stopped_and_resumed_is_the_same_to_the_bit(tmp_path, monkeypatch):
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    assert run(whole).exit_code == 0
    names = {path.name for path in whole.iterdir()}
    assert names == {
        "checkpoint.safetensors",
        "model.safetensors",
        "exhibit.json",
        *(f"{name}.png" for name in ("loss", "confusion", "filters", "features", "values")),
    }
    with monkeypatch.context() as patch:
        interrupt(patch, step=7)  # in the middle of the second epoch of four steps
        stopped = run(parts)
    assert stopped.exit_code == 130 and "stopped after 1 of 3 epochs: --resume" in stopped.output
    assert not (parts / "model.safetensors").exists()
    resumed = run(parts, "--resume")
    assert resumed.exit_code == 0
    expected = weights(whole)
    for name, array in weights(parts).items():
        np.testing.assert_array_equal(array, expected[name])


def test_a_finished_run_is_extended_stopped_or_not_with_the_same_bits(tmp_path, monkeypatch):
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    for output in (whole, parts):
        assert run(output).exit_code == 0
    short = weights(whole)
    extended = run(whole, "--resume", "--epochs", "5")
    assert extended.exit_code == 0, extended.output
    with monkeypatch.context() as patch:
        interrupt(patch, step=7)  # in the second of two more epochs, of four steps
        stopped = run(parts, "--resume", "--epochs", "5")
    assert stopped.exit_code == 130 and "stopped after 4 of 5 epochs" in stopped.output
    refused = run(parts, "--resume", "--epochs", "6")
    assert refused.exit_code == 1 and "is of a run with {'epochs': 5" in refused.output
    assert run(parts, "--resume", "--epochs", "5").exit_code == 0
    expected = weights(whole)
    for name, array in weights(parts).items():
        np.testing.assert_array_equal(array, expected[name])
        assert np.abs(array - short[name]).max() > 1e-3  # with a learning rate worth the name


def trainer(path, dtype="bfloat16"):
    """Return a training of three epochs of four steps, without its pictures."""
    nn.manual_seed(0)
    model = train_digits.lenet5(1, 28).to(dtype=getattr(nn, dtype))
    return training.Training(model, data.load("digits"), 3, 0, path)


def test_bfloat16_learns_as_float32_does(tmp_path):
    wide, short = (trainer(tmp_path / dtype, dtype) for dtype in ("float32", "bfloat16"))
    for each in (wide, short):
        each.run(lambda *_: None)
    np.testing.assert_allclose(short.losses, wide.losses, rtol=0.05)
    assert short.losses != wide.losses and {each.dtype for each in short.model.parameters()} == {
        nn.bfloat16
    }


def test_bfloat16_stopped_and_resumed_has_the_same_bits(tmp_path):
    whole, stopped, resumed = (trainer(tmp_path / name) for name in ("whole", "part", "part"))
    whole.run(lambda *_: None)

    def stop(epoch, *_):
        if epoch == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped.run(stop)
    resumed.resume()
    resumed.run(lambda *_: None)
    assert resumed.losses == whole.losses
    for a, b in zip(whole.model.parameters(), resumed.model.parameters(), strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy())
    with pytest.raises(ValueError, match="'dtype': 'bfloat16'"):
        trainer(tmp_path / "whole", "float32").resume()


def test_the_command_trains_in_bfloat16(tmp_path):
    assert run(tmp_path, "--dtype", "bfloat16", "--epochs", "1").exit_code == 0
    assert {array.dtype for array in weights(tmp_path).values()} == {nn.bfloat16}


def test_fewer_epochs_than_there_are_is_refused(tmp_path):
    run(tmp_path)
    result = run(tmp_path, "--resume", "--epochs", "2")
    assert result.exit_code == 1 and "is of a run with {'epochs': 3" in result.output


@pytest.mark.parametrize(("path", "reason"), [("file", "is a file"), ("file/in", "Not a dir")])
def test_an_output_that_can_be_no_folder_is_one_sentence(tmp_path, path, reason):
    (tmp_path / "file").write_text("mine")
    result = run(tmp_path / path)
    assert result.exit_code == 2 and isinstance(result.exception, SystemExit)
    said = " ".join(result.output.replace("│", " ").split())  # without the box and its lines
    assert "Invalid value for '--output'" in said and reason in said
    assert (tmp_path / "file").read_text() == "mine"


def test_another_seed_is_another_run(tmp_path):
    run(tmp_path / "a"), run(tmp_path / "b", "--seed", "1")
    a, b = weights(tmp_path / "a"), weights(tmp_path / "b")
    assert not any((a[name] == b[name]).all() for name in a)


def test_a_refused_resume(tmp_path):
    result = run(tmp_path, "--resume")
    assert result.exit_code == 1 and "cannot resume" in result.output
    run(tmp_path)
    result = run(tmp_path, "--resume", "--seed", "1")
    assert result.exit_code == 1 and "is of a run with" in result.output
    (tmp_path / "checkpoint.safetensors").write_bytes(b"no weights")
    result = run(tmp_path, "--resume")
    assert result.exit_code == 1 and "not a complete safetensors file" in result.output


@pytest.mark.parametrize("name", data.OPENML)
def test_without_network_the_error_says_so(tmp_path, monkeypatch, name):
    def unreachable(*_, **__):
        raise OSError("Name or service not known")

    monkeypatch.setattr(data, "fetch_openml", unreachable)
    result = run(tmp_path, "--dataset", name)
    assert result.exit_code == 1
    assert f"{name} cannot be fetched from openml.org: Name or service not known" in result.output


@pytest.mark.parametrize(("name", "shape"), [("mnist", (1, 28, 28)), ("cifar10", (3, 32, 32))])
def test_sets_from_openml_fit_the_model(monkeypatch, name, shape):
    class Bunch:
        data = np.full((12, np.prod(shape)), 255.0)
        target = np.array([str(i % 10) for i in range(12)])

    monkeypatch.setattr(data, "fetch_openml", lambda *_, **__: Bunch)
    monkeypatch.setattr(data, "HELD_OUT", 4)
    dataset = data.load(name)
    assert dataset.images.shape == (8, *shape) and len(dataset.test_classes) == 4
    assert dataset.images.max() == 1 and dataset.images.dtype == np.float32
    model = train_digits.lenet5(*dataset.images.shape[1:3])
    assert model(nn.tensor(dataset.images)).shape == (8, 10)
