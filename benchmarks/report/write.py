"""What `crosscheck bench report DIR` does: a page, pictures beside it, README's table."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from crosscheck.benchmarks import predictions_file, results_file
from crosscheck.benchmarks.report import (
    bars,
    html,
    ladder,
    readme,
    roofline,
    scaling,
    side_by_side,
)
from crosscheck.benchmarks.report.layers import group, is_of_a_cpu
from crosscheck.benchmarks.report.theme import Picture
from crosscheck.benchmarks.results_file import Results
from crosscheck.parity.report import files

PAGE = "report.html"


def write(folder: Path, with_readme: bool) -> list[Path]:
    """Write the report of a folder's results into it, and return the files written.

    Raises ValueError for a folder without results, or a README without markers, before anything is
    drawn, and OSError.
    """
    path = folder / results_file.NAME
    if not path.is_file():
        raise ValueError(
            f"{folder} has no {results_file.NAME}; expected the DIR of `bench run --out`"
        )
    results = results_file.read(path)
    predicted = predictions_file.find(folder)
    around = readme.parts(readme.PATH) if with_readme else None
    table = readme.table(results) if with_readme else ""
    files.check(folder / PAGE)
    sections = draw(results, predicted)
    gpu = results.environment.get("device", "")
    pairs = side_by_side.pair(results.rows, gpu, predicted)
    files.write(folder / PAGE, html.render(results, sections, pairs))
    written = [folder / PAGE]
    for picture in (each for some in sections.values() for each in some):
        written.append(folder / f"{picture.name}.png")
        written[-1].write_bytes(picture.light)
    if around:
        before, after = around
        files.write(readme.PATH, f"{before}\n{table}\n{after}")
        written.append(readme.PATH)
    return written


def draw(
    results: Results, predicted: Sequence[predictions_file.Prediction]
) -> Mapping[str, list[Picture]]:
    """Return the pictures below their headings. The ladder is a prediction where no GPU ran."""
    on_cpu = is_of_a_cpu(results.rows)
    rungs = ladder.predicted(predicted) if on_cpu else None
    found = {
        "Layer by layer": bars.pictures(group(results.rows)),
        "The ladder": [rungs or ladder.measured(results.rows)],
        "Roofline": [roofline.picture(results)],
        "Scaling": [scaling.picture(results.rows)],
    }
    return {heading: [each for each in some if each] for heading, some in found.items()}
