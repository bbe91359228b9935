"""Pictures of a training run: loss, confusion matrix, filters, and features of one image."""

from pathlib import Path

import matplotlib
import numpy as np

from crosscheck import nn
from crosscheck.examples.training import Training

matplotlib.use("agg")
from matplotlib import pyplot as plt


def draw(training: Training, folder: Path) -> list[Path]:
    """Write all pictures to an existing folder and return their paths."""
    model, data = training.model, training.data
    pictures = {
        "loss": _losses(training),
        "confusion": _confusion(training.predict(), data.test_classes),
        "filters": _tiles({"filters of the first layer": model[0].weight.numpy()[:, 0]}),
        "features": _tiles(_features(model, data.test_images[:1])),
    }
    paths = []
    for name, figure in pictures.items():
        paths.append(folder / f"{name}.png")
        figure.savefig(paths[-1], dpi=120, bbox_inches="tight")
        plt.close(figure)
    return paths


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


def _features(model: nn.Sequential, image: np.ndarray) -> dict[str, np.ndarray]:
    """Return the output of each layer for one image, as long as it has channels (c, h, w)."""
    maps = {"image": image[0]}
    with nn.no_grad():
        x = nn.tensor(image)
        for name, layer in model.named_children():
            x = layer(x)
            if x.ndim == 4:
                maps[f"{name}: {type(layer).__name__}"] = x.numpy()[0]
    return maps


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
