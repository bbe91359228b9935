"""Predicted and measured, side by side: how near a kernel comes to the least that it can take."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from crosscheck.benchmarks.predictions_file import Prediction
from crosscheck.benchmarks.row import OURS, Row
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
    """Return what was measured, on `gpu` as the driver names it, and also predicted for it."""
    known = {
        each.call: each
        for each in predictions
        if each.microseconds > 0 and _model(each.device) == _model(gpu) != ""
    }
    calls = [
        (row, (row.suite, row.layer, row.op, row.direction, row.algorithm, row.dtype, row.layout))
        for row in rows
        if is_measured(row) and row.device != "cpu" and row.subject == OURS
    ]
    return [Pair(row, known[call]) for row, call in calls if call in known]


def _model(name: str) -> str:
    """Return the word that tells one GPU from another, "h200" of "NVIDIA H200" and "H200 SXM"; ""
    without one: it is the first with a digit.
    """
    words = re.split("[^a-z0-9]+", name.lower())
    return next((word for word in words if re.search("[0-9]", word)), "")
