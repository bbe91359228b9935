"""Boxes (n, 4) of left, top, right, bottom: how much they overlap, and how well they were found."""

import numpy as np


def overlaps(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return (len(a), len(b)): the area of each pair's intersection over that of its union."""
    corners = np.maximum(a[:, None, :2], b[None, :, :2]), np.minimum(a[:, None, 2:], b[None, :, 2:])
    both = np.prod(np.maximum(corners[1] - corners[0], 0), axis=2)
    area_a, area_b = (np.prod(each[:, 2:] - each[:, :2], axis=1) for each in (a, b))
    return both / (area_a[:, None] + area_b[None] - both)


def suppress(boxes: np.ndarray, scores: np.ndarray, limit: float) -> np.ndarray:
    """Return the numbers of the boxes to keep, best first: none overlaps a better one by more.

    This is non-maximum suppression.
    """
    kept: list[int] = []
    for number in np.argsort(-scores, kind="stable"):
        if not kept or overlaps(boxes[[number]], boxes[kept]).max() <= limit:
            kept.append(int(number))
    return np.array(kept, np.int64)


def average_precision(scores: np.ndarray, hits: np.ndarray, objects: int) -> float:
    """Return the area under the curve of precision by recall.

    scores, hits  (n,) of detections; a hit is the first detection of one of `objects`
    """
    hits = hits[np.argsort(-scores, kind="stable")].astype(float)
    recall = np.cumsum(hits) / objects
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    best_from_here = np.maximum.accumulate(precision[::-1])[::-1]
    return float(np.sum(np.diff(recall, prepend=0) * best_from_here))


def match(
    found: np.ndarray, scores: np.ndarray, actual: np.ndarray, threshold: float
) -> np.ndarray:
    """Return of each found box of one image whether it is a hit, as bool (len(found),).

    The best is matched first, with the object that it overlaps most, if by `threshold` at least
    and if no better one was matched with it.
    """
    hits = np.zeros(len(found), bool)
    if len(actual) == 0:
        return hits
    taken = np.zeros(len(actual), bool)
    pairs = overlaps(found, actual)
    for number in np.argsort(-scores, kind="stable"):
        best = pairs[number].argmax()
        if pairs[number, best] >= threshold and not taken[best]:
            hits[number] = taken[best] = True
    return hits
