"""Adversarial digits: a change that we read over, and the network reads another digit.

The gradient of the loss with respect to the image says for each pixel which way to move it to make
the network more wrong. Moving every pixel by the same small step in that direction is the fast
gradient sign method (FGSM; Goodfellow et al., 2015). Steps of the same size in random directions do
little.

    python -m crosscheck.examples.adversarial_digits
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
from crosscheck.examples.models.lenet5 import lenet5

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

STEP_SIZES = 0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3  # of pixels in [0, 1]
SHOWN_SIZES = 0.0, 0.1, 0.2
BATCH = 32
LEARNING_RATE = 4e-3
SHOWN = 8


@app.command()
def main(
    output: Annotated[Path, typer.Option(file_okay=False, help="The folder to write to.")] = Path(
        "gallery/adversarial_digits"
    ),
    steps: Annotated[int, typer.Option(min=1, help="Steps of training.")] = 200,
) -> None:
    """Train LeNet-5 on digits, then change the held-out ones so that it errs."""
    digits = data.load("digits")
    nn.manual_seed(0)
    model = lenet5(1, 28)
    order = np.random.default_rng(0).integers(0, len(digits.images), (steps, BATCH))

    def loss_of(step: int) -> nn.Tensor:
        batch = order[step]
        images, classes = nn.tensor(digits.images[batch]), nn.tensor(digits.classes[batch])
        return F.cross_entropy(model(images), classes)

    fit("LeNet-5", model, loss_of, steps, LEARNING_RATE)
    exhibit = Exhibit(output)
    nn.save(model.state_dict(), output / "model.safetensors")
    images, classes = digits.test_images, digits.test_classes
    uphill = directions(model, images, classes)
    random = np.random.default_rng(1).choice(np.float32([-1, 1]), images.shape)
    curves = {
        "along the sign of the gradient": [
            accuracy(model, moved(images, uphill, size), classes) for size in STEP_SIZES
        ],
        "in random directions": [
            accuracy(model, moved(images, random, size), classes) for size in STEP_SIZES
        ],
    }
    for name, curve in curves.items():
        at = dict(zip(STEP_SIZES, curve, strict=True))
        exhibit.facts[f"accuracy, moved by 0.1 {name}"] = f"{at[0.1]:.1%}"
    exhibit.facts["accuracy, not moved"] = f"{curves['in random directions'][0]:.1%}"
    exhibit.facts["held-out digits"] = str(len(images))
    exhibit.draw("accuracy", _curves(curves), "Accuracy by how far each pixel was moved.")
    exhibit.draw(
        "digits",
        _digits(model, images[:SHOWN], uphill[:SHOWN], classes[:SHOWN]),
        "Held-out digits, and above each what the network reads: in red where it is wrong.",
    )
    exhibit.save()


def directions(model: nn.Module, images: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Return the sign of the gradient for each pixel: the way that makes the loss larger."""
    x = nn.tensor(images, requires_grad=True)
    F.cross_entropy(model(x), nn.tensor(classes), reduction="sum").backward()
    return np.sign(x.grad.numpy())


def moved(images: np.ndarray, direction: np.ndarray, size: float) -> np.ndarray:
    """Return images in [0, 1] whose pixels were moved by `size`, as far as that range allows."""
    return np.clip(images + np.float32(size) * direction, 0, 1)


def accuracy(model: nn.Module, images: np.ndarray, classes: np.ndarray) -> float:
    return float((_read(model, images) == classes).mean())


def _read(model: nn.Module, images: np.ndarray) -> np.ndarray:
    with nn.no_grad():
        return model(nn.tensor(images)).numpy().argmax(1)


def _curves(curves: dict[str, list[float]]) -> plt.Figure:
    figure, axes = plt.subplots(figsize=(6, 3.4))
    for (name, curve), color in zip(curves.items(), ("tab:red", "tab:blue"), strict=True):
        axes.plot(STEP_SIZES, curve, "o-", ms=4, color=color, label=name)
    axes.set(xlabel="every pixel moved by", ylabel="held-out accuracy", ylim=(-0.02, 1.02))
    axes.grid(alpha=0.3)
    axes.legend(frameon=False)
    return figure


def _digits(
    model: nn.Module, images: np.ndarray, uphill: np.ndarray, classes: np.ndarray
) -> plt.Figure:
    shape = len(SHOWN_SIZES), len(images)
    figure, grid = plt.subplots(*shape, figsize=(8.4, 3.6), squeeze=False, layout="constrained")
    for line, size in zip(grid, SHOWN_SIZES, strict=True):
        changed = moved(images, uphill, size)
        for axes, image, read, right in zip(
            line, changed, _read(model, changed), classes, strict=True
        ):
            axes.imshow(image[0], cmap="gray", vmin=0, vmax=1)
            axes.set_title(str(read), fontsize=10, color="black" if read == right else "red")
            axes.set(xticks=[], yticks=[])
        line[0].set_ylabel(f"moved by {size:g}" if size else "as they are", fontsize=9)
    return figure


if __name__ == "__main__":
    app()
