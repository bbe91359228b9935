"""Edges and corners: classical filters on a photograph.

A convolution with the right few numbers finds edges: differences of neighbours, smoothed along the
edge (Sobel), or second differences (Laplacian). A corner is where the brightness changes in two
directions at once (Harris); products of the slopes, averaged by a second convolution, say so, and a
max pooling keeps the strongest of a neighbourhood. Nothing here is learned.

    python -m crosscheck.examples.photograph_filters
"""

from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

import crosscheck.nn.functional as F
from crosscheck import nn
from crosscheck.examples.gallery.exhibit import Exhibit, plt
from crosscheck.parity import drawing, filters, recipes
from crosscheck.parity.photographs import photograph

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

WEIGHTS = {
    "Sobel, along a row": filters.SOBEL_X,
    "Sobel, down a column": filters.SOBEL_Y,
    "Laplacian": filters.LAPLACIAN,
}


@app.command()
def main(
    output: Annotated[Path, typer.Option(file_okay=False, help="The folder to write to.")] = Path(
        "gallery/photograph_filters"
    ),
    shrink: Annotated[int, typer.Option(min=1, help="By how much to shrink the photograph.")] = 2,
) -> None:
    """Find edges and corners in a photograph."""
    image = photograph("china", shrink).astype(np.float32)
    found = {
        "the length of the slope (Sobel)": drawing.bright(recipes.sobel(image)(ours)),
        "second differences (Laplacian); grey is 0": drawing.signed(recipes.laplacian(image)(ours)),
    }
    response = recipes.harris(image)(ours)
    corners = recipes.corners(response)
    margin = (image.shape[2] - response.shape[2]) // 2  # the filters shrank the image evenly
    points = [(row + margin, column + margin) for row, column in corners]
    ringed = drawing.rings(drawing.color(image), points, radius=5)
    pictures = {"the photograph": drawing.color(image), **found, "corners (Harris)": ringed}
    exhibit = Exhibit(output)
    exhibit.facts = {
        "photograph": f"{image.shape[2]} x {image.shape[3]} pixels",
        "corners found": str(len(corners)),
    }
    exhibit.draw("weights", _weights(), "The filters: what each pixel of a window counts.")
    figure, grid = plt.subplots(2, 2, figsize=(8.4, 6))
    for axes, (title, picture) in zip(grid.flat, pictures.items(), strict=True):
        axes.imshow(picture, cmap="gray")
        axes.set_title(title, fontsize=9, loc="left")
        axes.axis("off")
    figure.tight_layout(pad=0.6)
    exhibit.draw("found", figure, "What they find.")
    exhibit.save()


def ours(op: str, arrays: dict[str, np.ndarray], **options: Any) -> np.ndarray:
    """Run an operator of `nn.functional` on arrays: what a recipe is called with."""
    tensors = {name: nn.tensor(array) for name, array in arrays.items()}
    return getattr(F, op)(**tensors, **options).numpy()


def _weights() -> plt.Figure:
    figure, row = plt.subplots(1, len(WEIGHTS), figsize=(5.6, 2))
    for axes, (title, weight) in zip(row, WEIGHTS.items(), strict=True):
        weight = np.squeeze(weight)
        most = abs(weight).max()
        axes.imshow(weight, cmap="RdBu_r", vmin=-1.5 * most, vmax=1.5 * most)
        axes.set_title(title, fontsize=9)
        axes.axis("off")
        for (row_, column), value in np.ndenumerate(weight):
            axes.text(column, row_, f"{value:.3g}", ha="center", va="center", fontsize=9)
    figure.tight_layout(pad=0.4)
    return figure


if __name__ == "__main__":
    app()
