"""What `crosscheck bench report DIR` does: a page, pictures beside it, README's table."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from crosscheck.benchmarks import predictions_file, results_file
from crosscheck.benchmarks.predictions_file import Prediction
from crosscheck.benchmarks.report import html, readme, side_by_side
from crosscheck.benchmarks.report.picture import Picture
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
    predicted = predictions_file.known(folder)
    around = readme.parts(readme.PATH) if with_readme else None
    table = readme.table(results) if with_readme else ""
    files.check(folder / PAGE)
    pairs = side_by_side.pair(results.rows, results.environment.get("device", ""), predicted)
    # First, because drawing takes seconds, and a run with a limit may be cut short meanwhile.
    files.write(folder / PAGE, html.render(results, pairs, {}, "they were not drawn to the end"))
    sections, missing = _draw(results, predicted)
    files.write(folder / PAGE, html.render(results, pairs, sections, missing))
    written = [folder / PAGE]
    for picture in (each for some in sections.values() for each in some):
        written.append(folder / f"{picture.name}.png")
        written[-1].write_bytes(picture.light)
    if around:
        before, after = around
        files.write(readme.PATH, f"{before}\n{table}\n{after}")
        written.append(readme.PATH)
    return written


def _draw(
    results: Results, predicted: Sequence[Prediction]
) -> tuple[Mapping[str, Sequence[Picture]], str]:
    """Return the pictures, and why there are none where matplotlib is not installed."""
    try:
        from crosscheck.benchmarks.report import pictures
    except ModuleNotFoundError as error:
        if str(error.name).partition(".")[0] != "matplotlib":
            raise
        return {}, "matplotlib is not installed."
    return pictures.draw(results, predicted), ""
