"""The models of examples/models beside the same files with torch's names imported."""

from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch

from crosscheck import nn
from crosscheck.examples import models
from tests.nn.beside_torch import assert_alike, load, moved_to_torch

FOLDER = Path(models.__file__).parent

# How to make each model, narrow; with what channels and size of image. Those with batch norms keep
# more than one pixel to the end: the gradient of a norm over two images' single ones is nothing but
# what rounding leaves of terms that cancel.
SMALL = {
    "simple_cnn": (lambda file: file.SimpleCNN(size=16, width=4), (3, 16, 16)),
    "lenet5": (lambda file: file.lenet5(1, 28), (1, 28, 28)),
    "vgg": (lambda file: file.VGG11(classes=10, divide=32, dropout=0.0), (3, 32, 32)),
    "resnet18": (lambda file: file.resnet18(classes=10, width=4), (3, 64, 64)),
    "resnet50": (lambda file: file.resnet50(classes=10, width=2), (3, 64, 64)),
    "mobilenetv2": (lambda file: file.MobileNetV2(10, divide=8, dropout=0.0), (3, 64, 64)),
    "unet": (lambda file: file.UNet(width=4, depth=2), (3, 16, 16)),
    "detector": (lambda file: file.Detector(width=4), (3, 32, 32)),
    "generator": (lambda file: file.Generator(noise=8, size=32, width=4), (8, 1, 1)),
    "discriminator": (lambda file: file.Discriminator(size=32, width=4), (3, 32, 32)),
}
FILES = {"resnet18": "resnet", "resnet50": "resnet", "generator": "dcgan", "discriminator": "dcgan"}

PARAMETERS = {  # of the models as published
    "lenet5": (lambda file: file.lenet5(1, 32), 61_706),
    "vgg": (lambda file: file.VGG11(), 132_863_336),
    "resnet18": (lambda file: file.resnet18(), 11_689_512),
    "resnet50": (lambda file: file.resnet50(), 25_557_032),
    "mobilenetv2": (lambda file: file.MobileNetV2(), 3_504_872),
    "unet": (lambda file: file.UNet(), 31_037_698),
    "generator": (lambda file: file.Generator(), 3_576_704),
    "discriminator": (lambda file: file.Discriminator(), 2_765_568),
}


def both(name, make):
    """Return what `make` makes of the model's file, and of the same file for torch."""
    file = FOLDER / f"{FILES.get(name, name)}.py"
    torch.manual_seed(0)
    return make(load(file)), make(load(file, moved_to_torch))


@pytest.mark.parametrize("name", PARAMETERS)
def test_the_model_is_the_published_one(name):
    make, count = PARAMETERS[name]
    model = make(load(FOLDER / f"{FILES.get(name, name)}.py", moved_to_torch))
    assert sum(parameter.numel() for parameter in model.parameters()) == count


@pytest.mark.parametrize("name", SMALL)
def test_outputs_and_gradients_are_torchs_and_weights_travel_both_ways(name, tmp_path):
    make, image = SMALL[name]
    ours, theirs = both(name, make)
    assert_alike(ours, theirs, 2, *image)
    nn.save(ours.state_dict(), tmp_path / "ours")
    theirs.load_state_dict(safetensors.torch.load_file(tmp_path / "ours"))
    assert_same_state(ours, theirs)
    for parameter in theirs.parameters():
        torch.nn.init.normal_(parameter)
    safetensors.torch.save_file(theirs.state_dict(), tmp_path / "theirs")
    ours.load_state_dict(nn.load(tmp_path / "theirs"))
    assert_same_state(ours, theirs)


def assert_same_state(ours, theirs):
    expected = theirs.state_dict()
    for name, tensor in ours.state_dict().items():
        np.testing.assert_array_equal(tensor.numpy(), expected[name].numpy(), name)
