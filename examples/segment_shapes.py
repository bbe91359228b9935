"""Segmentation: a small U-Net says of every pixel which shape it belongs to.

It learns from drawn scenes of discs, squares and triangles, for which the right answer is known to
the pixel, and is measured on scenes it has never seen: of each class, the pixels both say over the
pixels either says (IoU), the background being a class. A photograph shows what it makes of a world
it knows nothing of; there is no right answer there, and no figure.

    python -m crosscheck.examples.segment_shapes
"""

from pathlib import Path
from typing import Annotated

import numpy as np
import typer

import crosscheck.nn.functional as F
from crosscheck import nn
from crosscheck.examples import shapes
from crosscheck.examples.fitting import fit
from crosscheck.examples.gallery.exhibit import Exhibit, plt
from crosscheck.examples.models.unet import UNet
from crosscheck.parity.photographs import photograph

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

CLASSES = "background", *shapes.CLASSES
COLORS = np.array([[38, 42, 51], [86, 180, 233], [230, 159, 0], [0, 158, 115]], np.uint8)
SIZE = 32
BATCH = 16
LEARNING_RATE = 1e-2
BACKGROUND = 0.3  # weight of its pixels in the loss: most are, and say little
SHOWN = 6
PHOTOGRAPH = 128  # pixels on a side, a multiple of 4


@app.command()
def main(
    output: Annotated[Path, typer.Option(file_okay=False, help="The folder to write to.")] = Path(
        "gallery/segment_shapes"
    ),
    steps: Annotated[int, typer.Option(min=1, help="Steps of training.")] = 300,
    held_out: Annotated[int, typer.Option(min=SHOWN, help="Scenes to measure on.")] = 100,
) -> None:
    """Train a U-Net on drawn shapes, measure it, and show it a photograph."""
    nn.manual_seed(1)
    model = UNet(3, len(CLASSES), width=8, depth=2)
    weight = nn.tensor(np.array([BACKGROUND, 1, 1, 1], np.float32))

    def loss_of(step: int) -> nn.Tensor:
        scenes = shapes.draw(BATCH, SIZE, seed=1 + step)  # none is seen twice
        output = model(nn.tensor(scenes.images))
        return F.cross_entropy(output, nn.tensor(scenes.masks), weight=weight)

    fit("U-Net", model, loss_of, steps, LEARNING_RATE)
    scenes = shapes.draw(held_out, SIZE, seed=shapes.HELD_OUT)
    predicted = segment(model, scenes.images)
    shares = iou(predicted, scenes.masks, len(CLASSES))
    exhibit = Exhibit(output)
    nn.save(model.state_dict(), output / "model.safetensors")
    exhibit.facts = {
        "IoU, mean of the classes": f"{shares.mean():.3f}, on {held_out} held-out scenes",
        **{f"IoU of {name}": f"{share:.3f}" for name, share in zip(CLASSES, shares, strict=True)},
        "parameters": f"{sum(each.numel() for each in model.parameters()):,}",
        "training": f"{steps} steps of {BATCH} scenes, {SIZE} x {SIZE} pixels",
    }
    rows = scenes.images[:SHOWN], COLORS[scenes.masks[:SHOWN]], COLORS[predicted[:SHOWN]]
    exhibit.draw(
        "scenes",
        _rows(rows, ("image", "drawn", "found")),
        "Held-out scenes: " + ", ".join(shapes.CLASSES) + " in blue, orange and green.",
    )
    image = photograph("flower", 3)[:, :, :PHOTOGRAPH, 42 : 42 + PHOTOGRAPH].astype(np.float32)
    exhibit.draw(
        "photograph",
        _rows((image, COLORS[segment(model, image)]), ("photograph", "found"), side=2.6),
        "A photograph, of which the model knows nothing.",
    )
    exhibit.save()


def segment(model: nn.Module, images: np.ndarray) -> np.ndarray:
    """Return the class of every pixel of (n, 3, h, w), as int64 (n, h, w)."""
    with nn.no_grad():
        batches = [images[first : first + 20] for first in range(0, len(images), 20)]
        return np.concatenate([model(nn.tensor(each)).numpy().argmax(1) for each in batches])


def iou(predicted: np.ndarray, actual: np.ndarray, classes: int) -> np.ndarray:
    """Return of each class the pixels both say over the pixels either says; NaN where none does."""
    pairs = np.bincount(classes * actual.ravel() + predicted.ravel(), minlength=classes**2)
    pairs = pairs.reshape(classes, classes).astype(float)
    both = np.diag(pairs)
    either = pairs.sum(axis=0) + pairs.sum(axis=1) - both
    return np.divide(both, either, out=np.full(classes, np.nan), where=either > 0)


def _rows(rows: tuple[np.ndarray, ...], titles: tuple[str, ...], side: float = 1.25) -> plt.Figure:
    """Draw a line of pictures for each array: (n, 3, h, w) in [0, 1], or (n, h, w, 3) of bytes."""
    across = len(rows[0])
    if across == 1:  # one picture of each: beside each other
        figure, axes = plt.subplots(1, len(rows), figsize=(side * len(rows), side), squeeze=False)
        grid = axes.T
    else:
        size = side * across, side * len(rows)
        figure, grid = plt.subplots(len(rows), across, figsize=size, squeeze=False)
    for line, images, title in zip(grid, rows, titles, strict=True):
        line[0].set_title(title, fontsize=9, loc="left")
        for axes, image in zip(line, images, strict=True):
            axes.axis("off")
            image = image if image.dtype == np.uint8 else image.transpose(1, 2, 0).clip(0, 1)
            axes.imshow(image, interpolation="nearest")
    figure.tight_layout(pad=0.3)
    return figure


if __name__ == "__main__":
    app()
