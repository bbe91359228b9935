"""The picture of predictions, as PNG: which one depends on what there is to see.

The rungs of the suite "ladder" are bars; layers with multiply-adds are marks on a roofline; of
others, which only move memory, bars say which share of the bandwidth they reach.
"""

from collections.abc import Sequence
from pathlib import Path

from crosscheck.benchmarks.gpus import Gpu
from crosscheck.benchmarks.predict import bandwidth, roofline
from crosscheck.benchmarks.predict.prediction import Prediction
from crosscheck.benchmarks.report import ladder
from crosscheck.benchmarks.report.picture import Picture


def draw(rows: Sequence[Prediction], gpu: Gpu, file: Path) -> None:
    """Write a PNG of predictions on a GPU. Raises ValueError where none of them has numbers."""
    found = [each for each in rows if not each.problem]
    if not found:
        raise ValueError("there is nothing to draw; expected a prediction without a problem")
    file.write_bytes(_picture(found, gpu).light)


def _picture(rows: Sequence[Prediction], gpu: Gpu) -> Picture:
    if all(each.suite == ladder.SUITE for each in rows) and (bars := ladder.predicted(rows, True)):
        return bars
    return roofline.picture(rows, gpu) or bandwidth.picture(rows, gpu)
