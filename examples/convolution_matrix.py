"""A convolution is a matrix: Toeplitz blocks, or a partly connected layer with tied weights.

Write the image as one long vector: a convolution is then the product with a matrix whose rows hold
the same few weights, each row moved on by one pixel. Read as a layer of neurons, most connections
are missing, and those that are there share their weights. On small integers no sum is rounded, so
both ways must agree to the bit: outputs, and the gradients of image and weights, where the gradient
of a tied weight is the sum over all connections that use it.

    python -m crosscheck.examples.convolution_matrix
"""

from pathlib import Path
from typing import Annotated

import numpy as np
import typer

import crosscheck.nn.functional as F
from crosscheck import nn
from crosscheck.examples.gallery.exhibit import Exhibit, plt
from crosscheck.nn import Tensor

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

KERNEL = 3
RESULTS = "output", "gradient of the image", "gradient of the weights"


@app.command()
def main(
    output: Annotated[Path, typer.Option(file_okay=False, help="The folder to write to.")] = Path(
        "gallery/convolution_matrix"
    ),
    size: Annotated[int, typer.Option(min=KERNEL, help="Height and width of the image.")] = 7,
) -> None:
    """Compute one convolution as itself and as a matrix product, and compare every bit."""
    rng = np.random.default_rng(0)
    image = rng.integers(0, 10, (1, 1, size, size)).astype(np.float32)
    weight = np.array([[1, 2, 0], [-1, 3, -2], [0, -3, 1]], np.float32)[None, None]
    side = size - KERNEL + 1
    grad = rng.integers(-4, 5, (1, 1, side, side)).astype(np.float32)
    convolved, multiplied = by_convolution(image, weight, grad), by_matrix(image, weight, grad)
    exhibit = Exhibit(output)
    for name, a, b in zip(RESULTS, convolved, multiplied, strict=True):
        if not np.array_equal(a.view(np.uint32), b.view(np.uint32)):
            raise SystemExit(f"{name}: the convolution gives\n{a}\nand the matrix\n{b}")
        exhibit.facts[name] = f"{a.size} numbers, all equal to the bit"
    neurons, pixels = side * side, size * size
    exhibit.facts |= {
        "weights, fully connected": f"{neurons * pixels:,}",
        "weights, partly connected": f"{neurons * KERNEL**2:,}",
        "weights, partly connected and tied": f"{KERNEL**2}",
    }
    matrix = toeplitz(nn.tensor(weight), size).numpy()
    exhibit.draw(
        "matrix",
        _picture(image[0, 0], weight[0, 0], matrix, convolved[0][0, 0]),
        f"Each of the {neurons} rows of the matrix makes one pixel of the output from the {pixels}"
        " of the image. White is no connection.",
    )
    exhibit.save()


def by_convolution(image: np.ndarray, weight: np.ndarray, grad: np.ndarray) -> list[np.ndarray]:
    """Return the output, and what `grad`, the output's gradient, makes those of both inputs."""
    x, w = nn.tensor(image, requires_grad=True), nn.tensor(weight, requires_grad=True)
    y = F.conv2d(x, w)
    y.backward(nn.tensor(grad))
    return [y.detach().numpy(), x.grad.numpy(), w.grad.numpy()]


def by_matrix(image: np.ndarray, weight: np.ndarray, grad: np.ndarray) -> list[np.ndarray]:
    """Return the same as `by_convolution` of one image of one channel, by products of matrices."""
    x, w = nn.tensor(image, requires_grad=True), nn.tensor(weight, requires_grad=True)
    y = F.linear(x.reshape(1, -1), toeplitz(w, image.shape[-1])).reshape(*grad.shape)
    y.backward(nn.tensor(grad))
    return [y.detach().numpy(), x.grad.numpy(), w.grad.numpy()]


def toeplitz(weight: Tensor, size: int) -> Tensor:
    """Return the matrix (neurons, pixels) of a convolution of size x size images with (1, 1, r, s).

    It is linear in the weights: `connections`, of 0 and 1, says which connection is which weight.
    """
    r, s = weight.shape[2:]
    rows, columns = size - r + 1, size - s + 1
    connections = np.zeros((rows, columns, size, size, r, s), np.float32)
    for p, q, i, j in np.ndindex(rows, columns, r, s):
        connections[p, q, p + i, q + j, i, j] = 1
    tied = F.linear(nn.tensor(connections.reshape(-1, r * s)), weight.reshape(1, -1))
    return tied.reshape(rows * columns, size * size)


def _picture(
    image: np.ndarray, weight: np.ndarray, matrix: np.ndarray, output: np.ndarray
) -> plt.Figure:
    figure, row = plt.subplots(
        1, 4, figsize=(9.6, 3.6), width_ratios=(1.2, 0.7, 3.6, 1), layout="constrained"
    )
    most = abs(weight).max()
    tints = dict(cmap="RdBu_r", vmin=-1.6 * most, vmax=1.6 * most)
    for axes, title, array, options in zip(
        row,
        ("image", "weights", "the matrix of the convolution", "output"),
        (image, weight, matrix, output),
        (dict(cmap="gray"), tints, tints, dict(cmap="gray")),
        strict=True,
    ):
        axes.imshow(array, **options)
        axes.set_title(title, fontsize=9)
        axes.set(xticks=[], yticks=[])
    for (i, j), value in np.ndenumerate(weight):
        row[1].text(j, i, f"{value:.0f}", ha="center", va="center", fontsize=9)
    for edge in range(len(image), matrix.shape[1], len(image)):  # between the image's rows
        row[2].axvline(edge - 0.5, color="0.85", lw=0.6)
    for edge in range(len(output), len(matrix), len(output)):
        row[2].axhline(edge - 0.5, color="0.85", lw=0.6)
    return figure


if __name__ == "__main__":
    app()
