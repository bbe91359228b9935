"""A training run in epochs: the same numbers whether it is done at once or in pieces."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import crosscheck.nn.functional as F
from crosscheck import nn
from crosscheck.examples import checkpoint
from crosscheck.examples.data import Data

BATCH = 32
SHIFT = 2  # pixels: each batch is moved by up to as many, so that the model learns shapes
LEARNING_RATE = 4e-3  # at its highest; see nn.optim.lr_scheduler.OneCycleLR


class Training:
    """Trains a model on data for `epochs`; every finished epoch is kept at `path`.

    losses      the loss of every step so far
    accuracies  on the held-out images, after every epoch so far
    """

    def __init__(self, model: nn.Module, data: Data, epochs: int, seed: int, path: Path):
        self.model, self.data, self.epochs, self.seed, self.path = model, data, epochs, seed, path
        self.steps = len(data.images) // BATCH  # an epoch; what is left over waits for the next
        self.optimizer = nn.optim.AdamW(model.parameters(), lr=LEARNING_RATE)
        self.schedule = nn.optim.lr_scheduler.OneCycleLR(
            self.optimizer, LEARNING_RATE, epochs=epochs, steps_per_epoch=self.steps
        )
        self.losses: list[float] = []
        self.accuracies: list[float] = []

    @property
    def settings(self) -> dict[str, Any]:
        """What must be the same for a run to go on."""
        images = self.data.images
        return dict(epochs=self.epochs, seed=self.seed, images=[*images.shape])

    def resume(self) -> None:
        """Go on from the last finished epoch. Raises ValueError for a run of other settings."""
        seen = checkpoint.load(self.path, self.model, self.optimizer, self.schedule)
        if seen["settings"] != self.settings:
            raise ValueError(
                f"{self.path} is of a run with {seen['settings']}, not {self.settings}"
            )
        self.losses, self.accuracies = seen["losses"], seen["accuracies"]

    def run(self, advance: Callable[[int, float, float], None]) -> None:
        """Train to the end; `advance(epoch, loss, accuracy)` hears of every step."""
        while len(self.accuracies) < self.epochs:
            epoch = len(self.accuracies)
            # Chance depends on seed and epoch alone: a run that was stopped finds it again.
            chance = np.random.default_rng((self.seed, epoch))
            order = chance.permutation(len(self.data.images))
            losses = []
            for at in range(self.steps):
                losses.append(self._step(order[at * BATCH : (at + 1) * BATCH], chance))
                advance(epoch, losses[-1], self.accuracies[-1] if self.accuracies else 0.0)
            self.losses += losses
            self.accuracies.append(float((self.predict() == self.data.test_classes).mean()))
            seen = dict(settings=self.settings, losses=self.losses, accuracies=self.accuracies)
            checkpoint.save(self.path, self.model, self.optimizer, self.schedule, seen)

    def _step(self, rows: np.ndarray, chance: np.random.Generator) -> float:
        moved = _moved(self.data.images[rows], *chance.integers(0, 2 * SHIFT + 1, 2))
        images, classes = nn.tensor(moved), nn.tensor(self.data.classes[rows])
        self.optimizer.zero_grad()
        loss = F.cross_entropy(self.model(images), classes)
        loss.backward()
        self.optimizer.step()
        self.schedule.step()
        return loss.item()

    def predict(self) -> np.ndarray:
        """Return the class the model sees in each held-out image."""
        self.model.eval()
        with nn.no_grad():
            images = self.data.test_images
            parts = [images[at : at + 500] for at in range(0, len(images), 500)]
            found = [self.model(nn.tensor(part)).numpy().argmax(1) for part in parts]
        self.model.train()
        return np.concatenate(found)


def _moved(images: np.ndarray, top: int, left: int) -> np.ndarray:
    """Return the images cut out of a margin of SHIFT, from row `top` and column `left` of it."""
    h, w = images.shape[2:]
    wide = np.pad(images, ((0, 0), (0, 0), (SHIFT, SHIFT), (SHIFT, SHIFT)))
    return np.ascontiguousarray(wide[:, :, top : top + h, left : left + w])
