"""Shifted digits: a CNN beside a dense net of the same size.

Both learn digits in the middle of the image and are then shown digits moved by 0 to 8 pixels. The
dense net has weights of its own for every pixel: to it a moved digit is another image. The CNN uses
the same weights everywhere and keeps the strongest answer of each feature, wherever it was: it can
read digits where it has never seen one. Nothing was shifted in training.

    python -m crosscheck.examples.shifted_digits
"""

from pathlib import Path
from typing import Annotated

import numpy as np
import typer

import crosscheck.nn.functional as F
from crosscheck import nn
from crosscheck.examples import data
from crosscheck.examples.fitting import fit
from crosscheck.examples.gallery.exhibit import Exhibit, plt

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

SIZE = 32
FARTHEST = 8
BATCH = 32
LEARNING_RATES = {"CNN": 1e-2, "dense net": 4e-3}
SHOWN_SHIFTS = 0, 2, 4, 6, 8


def cnn() -> nn.Sequential:
    """Return a CNN for images (n, 1, 32, 32) that ends with the largest of each feature."""
    return nn.Sequential(
        nn.Conv2d(1, 12, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(12, 24, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(24, 40, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(8),
        nn.Flatten(),
        nn.Linear(40, 10),
    )


def dense() -> nn.Sequential:
    """Return a net of two linear layers with as many parameters as `cnn`, to 4 %."""
    return nn.Sequential(nn.Flatten(), nn.Linear(SIZE * SIZE, 11), nn.ReLU(), nn.Linear(11, 10))


@app.command()
def main(
    output: Annotated[Path, typer.Option(file_okay=False, help="The folder to write to.")] = Path(
        "gallery/shifted_digits"
    ),
    steps: Annotated[int, typer.Option(min=1, help="Steps of training, of each net.")] = 300,
    held_out: Annotated[int, typer.Option(min=1, help="Digits to measure on, at most.")] = 360,
) -> None:
    """Train a CNN and a dense net on centred digits, and read shifted ones."""
    digits = data.load("digits")
    images, test = centred(digits.images), centred(digits.test_images[:held_out])
    classes = digits.test_classes[:held_out]
    order = np.random.default_rng(0).integers(0, len(images), (steps, BATCH))
    exhibit = Exhibit(output)
    curves = {}
    for name, build in {"CNN": cnn, "dense net": dense}.items():
        nn.manual_seed(0)
        model = build()

        def loss_of(step: int, model: nn.Module = model) -> nn.Tensor:
            batch = order[step]
            return F.cross_entropy(
                model(nn.tensor(images[batch])), nn.tensor(digits.classes[batch])
            )

        fit(name, model, loss_of, steps, LEARNING_RATES[name])
        nn.save(model.state_dict(), output / f"{name.replace(' ', '_')}.safetensors")
        curve = [accuracy(model, test, classes, by) for by in range(FARTHEST + 1)]
        count = sum(each.numel() for each in model.parameters())
        curves[f"{name}, {count:,} parameters"] = curve
        exhibit.facts |= {
            f"{name}: parameters": f"{count:,}",
            f"{name}: accuracy, centred": f"{curve[0]:.1%}",
            f"{name}: accuracy, moved by 4": f"{curve[4]:.1%}",
            f"{name}: accuracy, moved by {FARTHEST}": f"{curve[FARTHEST]:.1%}",
        }
    exhibit.facts["held-out digits"] = f"{len(test)}, each moved in four directions"
    exhibit.draw(
        "accuracy",
        _curves(curves),
        "Accuracy by how far the digits were moved. The CNN halves its maps twice: moved by a"
        " multiple of 4, a digit makes the same numbers in other places.",
    )
    exhibit.draw("digits", _digits(test[0]), "A digit, moved to the right by 0 to 8 pixels.")
    exhibit.save()


def centred(images: np.ndarray) -> np.ndarray:
    """Return the digits of `data`, (n, 1, 28, 28), as 16 x 16 pixels in the middle of 32 x 32."""
    small = images[:, :, 2:-2:3, 2:-2:3]  # as they were: 8 x 8
    margin = (SIZE - 2 * small.shape[2]) // 2
    large = small.repeat(2, axis=2).repeat(2, axis=3)
    return np.pad(large, ((0, 0), (0, 0), (margin, margin), (margin, margin)))


def shifted(images: np.ndarray, down: int, right: int) -> np.ndarray:
    """Return the images moved; the margin is wide enough for what leaves to be black."""
    return np.ascontiguousarray(np.roll(images, (down, right), axis=(2, 3)))


def accuracy(model: nn.Module, images: np.ndarray, classes: np.ndarray, by: int) -> float:
    """Return the mean accuracy on images moved by `by` pixels: up, down, left and right."""
    right = []
    with nn.no_grad():
        for way in ((-by, 0), (by, 0), (0, -by), (0, by)) if by else ((0, 0),):
            predicted = model(nn.tensor(shifted(images, *way))).numpy().argmax(1)
            right.append((predicted == classes).mean())
    return float(np.mean(right))


def _curves(curves: dict[str, list[float]]) -> plt.Figure:
    figure, axes = plt.subplots(figsize=(6, 3.4))
    for name, curve in curves.items():
        axes.plot(range(FARTHEST + 1), curve, "o-", ms=4, label=name)
    axes.axhline(0.1, color="0.6", lw=0.8, ls="--")
    axes.text(0, 0.12, "chance", color="0.4", fontsize=8)
    axes.set(xlabel="pixels moved", ylabel="held-out accuracy", ylim=(0, 1.02))
    axes.grid(alpha=0.3)
    axes.legend(frameon=False)
    return figure


def _digits(image: np.ndarray) -> plt.Figure:
    figure, row = plt.subplots(1, len(SHOWN_SHIFTS), figsize=(6.4, 1.6), layout="constrained")
    for axes, by in zip(row, SHOWN_SHIFTS, strict=True):
        axes.imshow(shifted(image[None], 0, by)[0, 0], cmap="gray", vmin=0, vmax=1)
        axes.set_title(f"{by}", fontsize=9)
        axes.set(xticks=[], yticks=[])
    return figure


if __name__ == "__main__":
    app()
