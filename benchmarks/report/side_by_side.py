"""Predicted and measured, side by side: how near a kernel comes to the least that it can take."""

from collections.abc import Sequence
from dataclasses import dataclass

from crosscheck.benchmarks.report.predictions import Prediction
from crosscheck.benchmarks.row import Row
from crosscheck.benchmarks.rows import is_measured


@dataclass(frozen=True)
class Pair:
    """A measured row and the prediction of the same call on the same GPU."""

    row: Row
    prediction: Prediction

    @property
    def ratio(self) -> float:
        """The measured time over the least that was predicted: below 1 the prediction is wrong."""
        return self.row.microseconds / self.prediction.microseconds


def pair(rows: Sequence[Row], gpu: str, predictions: Sequence[Prediction]) -> list[Pair]:
    """Return what was both measured, on `gpu`, and predicted for it, by the words of its name."""
    words = set(gpu.lower().split())
    known = {
        each.call: each
        for each in predictions
        if each.microseconds > 0 and each.device.lower().split()[0] in words
    }
    calls = [
        (row, (row.suite, row.layer, row.op, row.direction, row.algorithm, row.dtype, row.layout))
        for row in rows
        if is_measured(row) and row.device != "cpu" and row.subject == "crosscheck"
    ]
    return [Pair(row, known[call]) for row, call in calls if call in known]
