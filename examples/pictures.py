"""Pictures of a training run: loss, confusion matrix, filters, and features of one image."""

from pathlib import Path

import numpy as np

from crosscheck import nn
from crosscheck.examples.gallery.exhibit import Exhibit, plt
from crosscheck.examples.training import Training


def draw(training: Training, exhibit: Exhibit) -> list[Path]:
    """Draw all pictures and return their paths."""
    model, data = training.model, training.data
    image = data.test_images[:1]
    pictures = {
        "loss": (_losses(training), "The loss, and the accuracy after each epoch."),
        "confusion": (
            _confusion(training.predict(), data.test_classes),
            "What was read for what: the mistakes are beside the diagonal.",
        ),
        "filters": (
            _tiles({"filters of the first layer": model[0].weight.float().numpy()[:, 0]}),
            "The filters that the first layer has learned.",
        ),
        "features": (
            _tiles(_features(training, image, ndim=4)),
            "One digit, and its feature maps after every layer: white is the largest of each map.",
        ),
        "values": (
            _strips(_features(training, image, ndim=2)),
            "The same digit in the layers after them, which give one number per unit.",
        ),
    }
    return [exhibit.draw(name, *picture) for name, picture in pictures.items()]


def _losses(training: Training) -> plt.Figure:
    figure, axes = plt.subplots(figsize=(7, 4))
    steps = np.arange(1, len(training.losses) + 1)
    axes.semilogy(steps / training.steps, training.losses, lw=0.6, label="loss of each step")
    axes.set(xlabel="epoch", ylabel="loss")
    right = axes.twinx()
    epochs = np.arange(1, len(training.accuracies) + 1)
    right.plot(epochs, training.accuracies, "o-", color="tab:orange", ms=3)
    right.set_ylabel("held-out accuracy", color="tab:orange")
    return figure


def _confusion(predicted: np.ndarray, classes: np.ndarray) -> plt.Figure:
    counts = np.zeros((10, 10), int)
    np.add.at(counts, (classes, predicted), 1)
    figure, axes = plt.subplots(figsize=(5, 5))
    axes.imshow(np.sqrt(counts), cmap="Blues")  # the root makes single mistakes visible
    for (row, column), count in np.ndenumerate(counts):
        color = "white" if count > counts.max() / 3 else "black"
        axes.text(column, row, count or "", ha="center", va="center", color=color, fontsize=8)
    axes.set(xlabel="predicted", ylabel="class", xticks=range(10), yticks=range(10))
    accuracy = np.trace(counts) / counts.sum()
    axes.set_title(f"{accuracy:.2%} of {counts.sum()} held-out images")
    return figure


def _features(training: Training, image: np.ndarray, ndim: int) -> dict[str, np.ndarray]:
    """Return one image (1, c, h, w) and the output of each layer for it, those with `ndim` axes."""
    maps = {"image": image[0]} if image.ndim == ndim else {}
    with nn.no_grad():
        x = training.tensor(image)
        for name, layer in training.model.named_children():
            x = layer(x)
            if x.ndim == ndim:
                maps[f"{name}: {type(layer).__name__}"] = x.float().numpy()[0]
    return maps


def _strips(rows: dict[str, np.ndarray]) -> plt.Figure:
    """Draw a strip of grey cells for each array (count,)."""
    figure, grid = plt.subplots(len(rows), 1, figsize=(9, 0.55 * len(rows)), squeeze=False)
    for axes, (title, values) in zip(grid[:, 0], rows.items(), strict=True):
        axes.imshow(values[np.newaxis], cmap="gray", aspect="auto", interpolation="nearest")
        axes.set_title(f"{title}, {len(values)}", fontsize=7, loc="left", pad=2)
        axes.set(xticks=[], yticks=[])
    figure.subplots_adjust(hspace=1.2)
    return figure


def _tiles(rows: dict[str, np.ndarray]) -> plt.Figure:
    """Draw one row of small grey images for each array (count, h, w)."""
    most = max(map(len, rows.values()))
    size = most * 0.7 + 1, len(rows) * 1.0
    figure, grid = plt.subplots(len(rows), most, figsize=size, squeeze=False)
    for axes in grid.ravel():
        axes.axis("off")
    for line, (title, tiles) in zip(grid, rows.items(), strict=True):
        line[0].set_title(title, fontsize=7, loc="left")
        for axes, tile in zip(line, tiles, strict=False):
            axes.imshow(tile, cmap="gray")
    return figure
