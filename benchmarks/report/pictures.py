"""All pictures of a run."""

from collections.abc import Mapping, Sequence

from crosscheck.benchmarks.predictions_file import Prediction
from crosscheck.benchmarks.report import bars, ladder, roofline, scaling
from crosscheck.benchmarks.report.layers import group, is_of_a_cpu
from crosscheck.benchmarks.report.picture import Picture
from crosscheck.benchmarks.results_file import Results


def draw(results: Results, predicted: Sequence[Prediction]) -> Mapping[str, Sequence[Picture]]:
    """Return the pictures below their headings. The ladder is a prediction where no GPU ran."""
    on_cpu = bool(results.rows) and is_of_a_cpu(results.rows)
    rungs = ladder.predicted(predicted) if on_cpu else None
    found = {
        "Layer by layer": bars.pictures(group(results.rows)),
        "The ladder": [rungs or ladder.measured(results.rows)],
        "Roofline": [roofline.picture(results)],
        "Scaling": [scaling.picture(results.rows)],
    }
    return {heading: [each for each in some if each] for heading, some in found.items()}
