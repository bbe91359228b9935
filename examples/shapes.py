"""Drawn scenes of coloured discs, squares and triangles: what to find is known to the pixel."""

from dataclasses import dataclass

import numpy as np

CLASSES = "disc", "square", "triangle"
NOISE = 0.05  # standard deviation
TRIES = 20  # to place a shape where it touches no other
HELD_OUT = 1_000_000  # the seed of scenes on which nothing was chosen: no rate, weight or size


@dataclass(frozen=True)
class Scenes:
    """Scenes of `size` x `size` pixels.

    images  (n, 3, size, size), float32, about [0, 1]
    masks   (n, size, size), int64: 0 for the background, 1 + class of the shape there
    boxes   for each scene (shapes, 4), float32: left, top, right, bottom, in pixels
    kinds   for each scene (shapes,), int64: the classes
    """

    images: np.ndarray
    masks: np.ndarray
    boxes: list[np.ndarray]
    kinds: list[np.ndarray]


def draw(count: int, size: int, seed: int, most: int = 3) -> Scenes:
    """Return scenes of 1 to `most` shapes that do not touch; the same for the same seed."""
    rng = np.random.default_rng(seed)
    scenes = [_scene(rng, size, most) for _ in range(count)]
    images, masks, boxes, kinds = zip(*scenes, strict=True)
    return Scenes(np.stack(images), np.stack(masks), list(boxes), list(kinds))


def _scene(rng: np.random.Generator, size: int, most: int) -> tuple[np.ndarray, ...]:
    rows, columns = np.mgrid[:size, :size] / size
    slope = rng.uniform(-0.3, 0.3, (2, 3, 1, 1))  # the background's colour changes across it
    image = rng.uniform(0.2, 0.8, (3, 1, 1)) + slope[0] * rows + slope[1] * columns
    mask = np.zeros((size, size), np.int64)
    boxes, kinds = [], []
    for _ in range(rng.integers(1, most + 1)):
        for _ in range(TRIES):
            kind = int(rng.integers(len(CLASSES)))
            radius = rng.uniform(0.14, 0.24) * size
            x, y = rng.uniform(radius, size - radius, 2)
            inside = _inside(kind, size, x, y, radius)
            left, top, right, bottom = box = _box(inside)
            around = np.s_[max(top - 1, 0) : bottom + 1, max(left - 1, 0) : right + 1]
            if not mask[around].any():
                color = _unlike(rng, image[:, inside].mean(axis=1))
                image = np.where(inside, color[:, None, None], image)
                mask[inside] = 1 + kind
                boxes.append(box)
                kinds.append(kind)
                break
    image = image + rng.normal(0, NOISE, image.shape)
    return image.astype(np.float32), mask, np.array(boxes, np.float32), np.array(kinds)


def _inside(kind: int, size: int, x: float, y: float, radius: float) -> np.ndarray:
    """Return (size, size) of bool: whether the centre of a pixel is inside the shape."""
    down, right = np.mgrid[:size, :size] + 0.5 - np.array([y, x]).reshape(2, 1, 1)
    match CLASSES[kind]:
        case "disc":
            return down**2 + right**2 <= radius**2
        case "square":
            return np.maximum(abs(down), abs(right)) <= radius * 0.9
        case _:  # as wide at its foot as it is high
            return (abs(down) <= radius) & (abs(right) <= (down + radius) / 2)


def _box(inside: np.ndarray) -> tuple[int, int, int, int]:
    rows, columns = inside.any(axis=1).nonzero()[0], inside.any(axis=0).nonzero()[0]
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _unlike(rng: np.random.Generator, color: np.ndarray) -> np.ndarray:
    """Return a random colour that can be told from this one."""
    while True:
        other = rng.uniform(0, 1, 3)
        if abs(other - color).max() > 0.35:
            return other
