"""A training run in epochs: stopped and resumed it gives the same bits as in one piece.

A finished run may be resumed for more epochs. They follow a cycle of the learning rate of their
own, since that of the first ones has ended at almost nothing.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import crosscheck.nn.functional as F
from crosscheck import nn
from crosscheck.examples import checkpoint
from crosscheck.examples.data import Data

BATCH = 32
SHIFT = 2  # data augmentation: each batch is shifted by up to 2 pixels in each direction
LEARNING_RATE = 4e-3  # the maximum; see nn.optim.lr_scheduler.OneCycleLR


class Training:
    """Trains a model for `epochs` epochs, and writes a checkpoint to `path` after each.

    Images get the dtype of the model's weights. Of float16 or bfloat16 all layers compute, and save
    for the backward pass, in 16 bits; the loss and the optimizer's masters are float32.

    losses      the loss of every step so far
    accuracies  the accuracy on the held-out images after every epoch so far
    """

    def __init__(self, model: nn.Module, data: Data, epochs: int, seed: int, path: Path):
        self.model, self.data, self.epochs, self.seed, self.path = model, data, epochs, seed, path
        self.dtype = next(model.parameters()).dtype
        self.steps = len(data.images) // BATCH  # of an epoch; the last, partial batch is left out
        self.optimizer = nn.optim.AdamW(model.parameters(), lr=LEARNING_RATE)
        self.scheduler = self._cycle(epochs)
        self.losses: list[float] = []
        self.accuracies: list[float] = []

    def _cycle(self, epochs: int) -> nn.optim.lr_scheduler.OneCycleLR:
        """Return a cycle of the learning rate that begins now and takes this many epochs."""
        return nn.optim.lr_scheduler.OneCycleLR(
            self.optimizer, LEARNING_RATE, epochs=epochs, steps_per_epoch=self.steps
        )

    @property
    def settings(self) -> dict[str, Any]:
        """The settings that must be the same when a run is resumed, but for more epochs."""
        images = self.data.images
        shape, dtype = [*images.shape], self.dtype.name
        return dict(epochs=self.epochs, seed=self.seed, images=shape, dtype=dtype)

    def resume(self) -> None:
        """Restore the last finished epoch; where all are and there shall be more, begin a cycle.

        Raises ValueError where the settings differ, or like `checkpoint.load`.
        """
        progress = checkpoint.load(self.path, self.model, self.optimizer, self.scheduler)
        settings, done = progress["settings"], len(progress["accuracies"])
        longer = done == settings["epochs"] < self.epochs
        if settings | (dict(epochs=self.epochs) if longer else {}) != self.settings:
            raise ValueError(f"{self.path} is of a run with {settings}; expected {self.settings}")
        if longer:
            self.scheduler = self._cycle(self.epochs - done)
        self.losses, self.accuracies = progress["losses"], progress["accuracies"]

    def run(self, advance: Callable[[int, float, float], None]) -> None:
        """Train the remaining epochs; call `advance(epoch, loss, accuracy)` after every step."""
        while len(self.accuracies) < self.epochs:
            epoch = len(self.accuracies)
            # Random numbers depend on seed and epoch alone, so a resumed run draws the same ones.
            rng = np.random.default_rng((self.seed, epoch))
            order = rng.permutation(len(self.data.images))
            losses = []
            for step in range(self.steps):
                losses.append(self._step(order[step * BATCH : (step + 1) * BATCH], rng))
                advance(epoch, losses[-1], self.accuracies[-1] if self.accuracies else 0.0)
            self.losses += losses
            self.accuracies.append(float((self.predict() == self.data.test_classes).mean()))
            progress = dict(settings=self.settings, losses=self.losses, accuracies=self.accuracies)
            checkpoint.save(self.path, self.model, self.optimizer, self.scheduler, progress)

    def _step(self, batch: np.ndarray, rng: np.random.Generator) -> float:
        """Train on the images of these numbers; return the loss."""
        shifted = _shifted(self.data.images[batch], *rng.integers(0, 2 * SHIFT + 1, 2))
        images, classes = self.tensor(shifted), nn.tensor(self.data.classes[batch])
        self.optimizer.zero_grad()
        loss = F.cross_entropy(self.model(images).float(), classes)
        loss.backward()
        self.optimizer.step()
        self.scheduler.step()
        return loss.item()

    def tensor(self, images: np.ndarray) -> nn.Tensor:
        """Return images as the model takes them."""
        return nn.tensor(images).to(self.dtype)

    def predict(self) -> np.ndarray:
        """Return the class that the model predicts for each held-out image."""
        self.model.eval()
        with nn.no_grad():
            images = self.data.test_images
            batches = [images[first : first + 500] for first in range(0, len(images), 500)]
            predicted = [self.model(self.tensor(batch)).numpy().argmax(1) for batch in batches]
        self.model.train()
        return np.concatenate(predicted)


def _shifted(images: np.ndarray, top: int, left: int) -> np.ndarray:
    """Return the images padded by SHIFT, then cut out again from row `top` and column `left`."""
    h, w = images.shape[2:]
    padded = np.pad(images, ((0, 0), (0, 0), (SHIFT, SHIFT), (SHIFT, SHIFT)))
    return np.ascontiguousarray(padded[:, :, top : top + h, left : left + w])
