"""Detection: boxes around drawn shapes, and the name of each.

One pass of a small network says for every cell of two coarse maps whether a shape is centred there,
where exactly, how large it is, and which it is. Of boxes that overlap, the surest is kept. On
scenes it has never seen, a box counts as right if its intersection with a shape of its class is
half of their union at least; precision by recall, averaged for each class, gives mAP@0.5.

    python -m crosscheck.examples.detect_shapes
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

import crosscheck.nn.functional as F
from crosscheck import nn
from crosscheck.examples import boxes, shapes
from crosscheck.examples.fitting import fit
from crosscheck.examples.gallery.exhibit import Exhibit, plt
from crosscheck.examples.models.detector import Detector
from crosscheck.nn import Tensor

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

SIZE = 48
BATCH = 16
LEARNING_RATE = 1e-2
LARGE = 17  # pixels: a larger shape is found on the coarser map
OVERLAP = 0.4  # of boxes of which one is kept
SURE = 0.05  # the least score of a box that counts
SHOWN_SURE = 0.5  # and of one that is drawn
SHOWN = 8
COLORS = "#56b4e9", "#e69f00", "#00b386"


@dataclass(frozen=True)
class Found:
    """The boxes of one image: boxes (n, 4) in pixels, kinds (n,) and scores (n,)."""

    boxes: np.ndarray
    kinds: np.ndarray
    scores: np.ndarray


@app.command()
def main(
    output: Annotated[Path, typer.Option(file_okay=False, help="The folder to write to.")] = Path(
        "gallery/detect_shapes"
    ),
    steps: Annotated[int, typer.Option(min=1, help="Steps of training.")] = 800,
    held_out: Annotated[int, typer.Option(min=SHOWN, help="Scenes to measure on.")] = 100,
) -> None:
    """Train a detector on drawn shapes, measure it, and draw its boxes."""
    nn.manual_seed(0)
    model = Detector(3, len(shapes.CLASSES), width=8)

    def loss_of(step: int) -> Tensor:
        scenes = shapes.draw(BATCH, SIZE, seed=1 + step)  # none is seen twice
        return loss(model(nn.tensor(scenes.images)), *targets(scenes))

    fit("detector", model, loss_of, steps, LEARNING_RATE)
    scenes = shapes.draw(held_out, SIZE, seed=shapes.HELD_OUT)
    found = detect(model, scenes.images)
    precisions = mean_average_precision(found, scenes, threshold=0.5)
    exhibit = Exhibit(output)
    nn.save(model.state_dict(), output / "model.safetensors")
    exhibit.facts = {
        "mAP@0.5": f"{precisions.mean():.3f}, on {held_out} held-out scenes",
        **{
            f"average precision of {name}": f"{precision:.3f}"
            for name, precision in zip(shapes.CLASSES, precisions, strict=True)
        },
        "parameters": f"{sum(each.numel() for each in model.parameters()):,}",
        "training": f"{steps} steps of {BATCH} scenes, {SIZE} x {SIZE} pixels",
    }
    exhibit.draw(
        "boxes",
        _picture(scenes.images[:SHOWN], found[:SHOWN]),
        f"Held-out scenes, with the boxes that are surer than {SHOWN_SURE}, and how sure they are.",
    )
    exhibit.save()


def _cells() -> tuple[np.ndarray, np.ndarray]:
    """Return of each cell its top left corner (cells, 2), x first, and its stride (cells, 1)."""
    corners, strides = [], []
    for stride in Detector.STRIDES:
        side = SIZE // stride
        down, right = np.mgrid[:side, :side] * stride
        corners.append(np.stack([right, down], axis=-1).reshape(-1, 2))
        strides.append(np.full((side * side, 1), stride))
    return np.concatenate(corners).astype(np.float32), np.concatenate(strides).astype(np.float32)


def targets(scenes: shapes.Scenes) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return what the model should say: there (n, cells), places (n, cells, 4), kinds (n, cells).

    Places are as the model's: the centre within its cell, and the logarithms of width and height
    in cells. They and kinds mean something only where `there` is 1.
    """
    corners, strides = _cells()
    there = np.zeros((len(scenes.boxes), len(corners)), np.float32)
    places = np.zeros((*there.shape, 4), np.float32)
    kinds = np.zeros(there.shape, np.int64)
    for scene, (found, classes) in enumerate(zip(scenes.boxes, scenes.kinds, strict=True)):
        for box, kind in zip(found, classes, strict=True):
            centre, extent = (box[:2] + box[2:]) / 2, box[2:] - box[:2]
            stride = Detector.STRIDES[int(extent.max() > LARGE)]
            inside = ((corners <= centre) & (centre < corners + stride)).all(1)
            cell = int(np.flatnonzero(inside & (strides[:, 0] == stride))[0])
            there[scene, cell], kinds[scene, cell] = 1, kind
            places[scene, cell, :2] = (centre - corners[cell]) / stride
            places[scene, cell, 2:] = np.log(extent / stride)
    return there, places, kinds


def loss(output: Tensor, there: np.ndarray, places: np.ndarray, kinds: np.ndarray) -> Tensor:
    """Return the sum of the losses of presence, place and class, for each shape that is there."""
    count = float(there.sum())
    logit, truth = output[:, :, 0], nn.tensor(there)
    # binary cross-entropy of a logit, without an exponential that could overflow
    presence = (nn.clamp(logit, min=0) - logit * truth + nn.log(nn.exp(-nn.abs(logit)) + 1)).sum()
    centre = nn.sigmoid(output[:, :, 1:3]) - nn.tensor(places[:, :, :2])
    extent = output[:, :, 3:5] - nn.tensor(places[:, :, 2:])
    where = nn.tensor(there[:, :, None])
    place = (nn.square(centre) * where).sum() + (nn.square(extent) * where).sum()
    classes = np.where(there > 0, kinds, -100).ravel()  # which cross_entropy leaves out
    kind = F.cross_entropy(
        output[:, :, 5:].reshape(classes.size, -1), nn.tensor(classes), reduction="sum"
    )
    return (presence + place * 4 + kind) / count


def detect(model: nn.Module, images: np.ndarray) -> list[Found]:
    """Return what the model finds in each of (n, 3, SIZE, SIZE)."""
    with nn.no_grad():
        batches = [images[first : first + 20] for first in range(0, len(images), 20)]
        output = np.concatenate([model(nn.tensor(each)).numpy() for each in batches])
    return [_decoded(each) for each in output]


def _decoded(output: np.ndarray) -> Found:
    """Return the boxes that the model's output (cells, 5 + classes) of one image speaks of."""
    corners, strides = _cells()
    centre = corners + strides / (1 + np.exp(-output[:, 1:3]))
    extent = strides * np.exp(output[:, 3:5])
    found = np.concatenate([centre - extent / 2, centre + extent / 2], axis=1)
    chances = np.exp(output[:, 5:] - output[:, 5:].max(axis=1, keepdims=True))
    chances /= chances.sum(axis=1, keepdims=True)
    scores = chances.max(axis=1) / (1 + np.exp(-output[:, 0]))
    kept = boxes.suppress(found, scores, OVERLAP)
    kept = kept[scores[kept] >= SURE]
    return Found(found[kept], output[kept, 5:].argmax(axis=1), scores[kept])


def mean_average_precision(
    found: list[Found], scenes: shapes.Scenes, threshold: float
) -> np.ndarray:
    """Return the average precision of each class, (classes,); its mean is the mAP."""
    precisions = []
    for kind in range(len(shapes.CLASSES)):
        scores, hits, objects = [], [], 0
        for each, actual, kinds in zip(found, scenes.boxes, scenes.kinds, strict=True):
            mine = each.kinds == kind
            scores.append(each.scores[mine])
            wanted = actual[kinds == kind]
            hits.append(boxes.match(each.boxes[mine], scores[-1], wanted, threshold))
            objects += len(wanted)
        precisions.append(
            boxes.average_precision(np.concatenate(scores), np.concatenate(hits), objects)
        )
    return np.array(precisions)


def _picture(images: np.ndarray, found: list[Found]) -> plt.Figure:
    figure, grid = plt.subplots(2, len(images) // 2, figsize=(9, 4.7), layout="constrained")
    for axes, image, each in zip(grid.flat, images, found, strict=True):
        axes.imshow(image.transpose(1, 2, 0).clip(0, 1), extent=(0, SIZE, SIZE, 0))
        axes.set(xticks=[], yticks=[])
        for (left, top, right, bottom), kind, score in zip(
            each.boxes, each.kinds, each.scores, strict=True
        ):
            if score < SHOWN_SURE:
                continue
            color = COLORS[kind]
            axes.add_patch(
                plt.Rectangle((left, top), right - left, bottom - top, fill=False, ec=color, lw=2)
            )
            axes.text(
                left,
                top - 1.5,
                f"{shapes.CLASSES[kind]} {score:.2f}",
                fontsize=7,
                color="black",
                bbox=dict(facecolor=color, edgecolor="none", pad=1),
            )
    return figure


if __name__ == "__main__":
    app()
