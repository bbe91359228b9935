"""The checkerboard of transposed convolutions, and its cure.

A transposed convolution with a kernel of 3 and a stride of 2 adds up overlapping stamps, and every
other pixel gets more of them: with all weights equal one can count. A kernel that is a multiple of
the stride, as 4, counts evenly, but neighbours still get different weights: with random ones, as
before any training, the pattern is as strong. The cure enlarges the image first, by repeating
pixels or better by interpolation, and convolves then. See Odena et al., "Deconvolution and
Checkerboard Artifacts", 2016.

    python -m crosscheck.examples.checkerboard
"""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

import crosscheck.nn.functional as F
from crosscheck import nn
from crosscheck.examples.gallery.exhibit import Exhibit, plt
from crosscheck.nn import Tensor

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

Layer = Callable[[Tensor, np.ndarray], Tensor]  # image (1, c, h, w), weight (c, k, r, s)


def transposed(x: Tensor, weight: np.ndarray) -> Tensor:
    """Enlarge twice by a transposed convolution; its kernel is 3 or 4 pixels on a side."""
    size = weight.shape[-1]
    return F.conv_transpose2d(
        x, nn.tensor(weight), stride=2, padding=1, output_padding=1 if size == 3 else 0
    )


def resized(mode: str) -> Layer:
    """Return a layer that enlarges twice by interpolation, then convolves."""

    def layer(x: Tensor, weight: np.ndarray) -> Tensor:
        enlarged = F.interpolate(x, scale_factor=2, mode=mode)
        filters = np.ascontiguousarray(weight.swapaxes(0, 1))  # conv2d has outputs first
        return F.conv2d(enlarged, nn.tensor(filters), padding=1)

    return layer


WAYS: dict[str, tuple[Layer, int]] = {
    "transposed, kernel 3": (transposed, 3),
    "transposed, kernel 4": (transposed, 4),
    "nearest, then convolved": (resized("nearest"), 3),
    "bilinear, then convolved": (resized("bilinear"), 3),
}


@app.command()
def main(
    output: Annotated[Path, typer.Option(file_okay=False, help="The folder to write to.")] = Path(
        "gallery/checkerboard"
    ),
    seeds: Annotated[int, typer.Option(min=1, help="How many random networks to average.")] = 20,
) -> None:
    """Enlarge a smooth image eightfold by random networks, with and without a checkerboard."""
    down, right = np.mgrid[-1:1:12j, -1:1:12j].astype(np.float32)
    hill = np.exp(-1.5 * (down**2 + right**2))[None, None]
    exhibit = Exhibit(output)
    stamps, outputs = {}, {}
    for name, (layer, size) in WAYS.items():
        ones = np.ones((1, 1, size, size), np.float32)
        stamps[name] = layer(nn.tensor(np.ones((1, 1, 6, 6), np.float32)), ones).numpy()[0, 0]
        enlarged = [network(hill, layer, size, seed) for seed in range(seeds)]
        outputs[name] = enlarged[0]
        share = np.mean([checkerboard(each) for each in enlarged])
        exhibit.facts[f"{name}: variance that repeats every 8 pixels"] = f"{share:.1%}"
    exhibit.facts["mean of"] = f"{seeds} random networks of three layers"
    exhibit.draw(
        "stamps",
        _row(stamps, count=True),
        "How many products each pixel of the output sums up: one layer, all weights 1.",
    )
    exhibit.draw(
        "outputs",
        _row(outputs, count=False),
        "A smooth hill, enlarged from 12 to 96 pixels by three layers with random weights.",
    )
    exhibit.save()


def network(image: np.ndarray, layer: Layer, size: int, seed: int, channels: int = 8) -> np.ndarray:
    """Return `image` (1, 1, h, w) after three such layers with random weights: (8 h, 8 w)."""
    rng = np.random.default_rng(seed)
    widths = 1, channels, channels, 1
    x = nn.tensor(image)
    with nn.no_grad():
        for before, after in zip(widths, widths[1:], strict=False):
            weight = rng.normal(0, (before * size * size) ** -0.5, (before, after, size, size))
            x = layer(x, weight.astype(np.float32))
            x = F.relu(x) if after > 1 else x
    return x.numpy()[0, 0]


def checkerboard(image: np.ndarray) -> float:
    """Return the share of the variance of (h, w), multiples of 8, that repeats every 8 pixels.

    That is every pattern with a period of 2, 4 or 8 pixels, which is what three layers can leave.
    """
    image = image[8:-8, 8:-8]  # the border has its own pattern, of the padding
    h, w = image.shape
    repeated = image.reshape(h // 8, 8, w // 8, 8).mean(axis=(0, 2))
    return float(repeated.var() / image.var())


def _row(images: dict[str, np.ndarray], count: bool) -> plt.Figure:
    figure, row = plt.subplots(1, len(images), figsize=(9.6, 2.7), layout="constrained")
    for axes, (title, image) in zip(row, images.items(), strict=True):
        axes.imshow(image, cmap="Blues" if count else "gray", vmin=0 if count else None)
        axes.set_title(title, fontsize=9)
        axes.set(xticks=[], yticks=[])
        for (i, j), value in np.ndenumerate(image) if count else ():
            color = "white" if value > 0.6 * image.max() else "black"
            axes.text(j, i, f"{value:.0f}", ha="center", va="center", fontsize=6, color=color)
    return figure


if __name__ == "__main__":
    app()
