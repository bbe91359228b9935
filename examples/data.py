"""Labelled images: scikit-learn's handwritten digits, and larger data sets from openml.org."""

from dataclasses import dataclass

import numpy as np
from sklearn.datasets import fetch_openml, load_digits
from sklearn.model_selection import train_test_split

OPENML = {"mnist": "mnist_784", "fashion": "Fashion-MNIST", "cifar10": "CIFAR_10"}
DATASETS = "digits", *OPENML
HELD_OUT = 10_000  # test images of the sets from openml.org: their authors put them last


class Unavailable(RuntimeError):
    """A data set cannot be loaded; the message says why, and which one can."""


@dataclass(frozen=True)
class Data:
    """Images (n, c, h, w), float32 in [0, 1], and their classes (n,), int64 from 0 to 9."""

    images: np.ndarray
    classes: np.ndarray
    test_images: np.ndarray
    test_classes: np.ndarray


def load(name: str) -> Data:
    """Return one of DATASETS. Raises Unavailable where it cannot be downloaded."""
    return _digits() if name == "digits" else _openml(name)


def _digits() -> Data:
    """1797 digits of 8 x 8 pixels, enlarged 3 times with a margin of 2: 28 x 28, as in MNIST."""
    bunch = load_digits()
    large = bunch.images.repeat(3, axis=1).repeat(3, axis=2) / 16
    images = np.pad(large, ((0, 0), (2, 2), (2, 2)))[:, None].astype(np.float32)
    classes = bunch.target.astype(np.int64)
    images, test_images, classes, test_classes = train_test_split(
        images, classes, test_size=0.2, random_state=0, stratify=classes
    )
    return Data(images, classes, test_images, test_classes)


def _openml(name: str) -> Data:
    try:
        bunch = fetch_openml(OPENML[name], version=1, as_frame=False, parser="liac-arff")
    except (OSError, ValueError) as problem:
        raise Unavailable(
            f"{name} cannot be fetched from openml.org: {problem}. Is there a network?"
            " --dataset digits needs none."
        ) from problem
    shape = (-1, 3, 32, 32) if name == "cifar10" else (-1, 1, 28, 28)
    images = (bunch.data.reshape(shape) / 255).astype(np.float32)
    classes = bunch.target.astype(np.int64)
    split = len(images) - HELD_OUT
    return Data(images[:split], classes[:split], images[split:], classes[split:])
