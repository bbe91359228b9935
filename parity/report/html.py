"""The run as one self-contained HTML file: pictures are inside it, and it has no script."""

import base64
from collections.abc import Mapping, Sequence

from jinja2 import Environment, PackageLoader

from crosscheck.parity.pictures import Picture
from crosscheck.parity.report import drift, plot, summary, table
from crosscheck.parity.result import Result

FAILURES_SHOWN = 200


def render(
    results: Sequence[Result],
    environment: Mapping[str, str],
    pictures: Sequence[Picture] = (),
    pictures_missing: str = "",
) -> str:
    """Return the page. `pictures_missing` says why pictures could not be made, "" if they could."""
    templates = Environment(
        loader=PackageLoader("crosscheck.parity"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters |= {
        "data_uri": _data_uri,
        "share": table.share,
        "relative": table.relative,
        "count": lambda number: f"{number:,}",
    }
    failed = summary.failures(results)
    trained = [r for r in results if r.drift]
    calls = [r for r in results if not r.drift]
    return templates.get_template("report.html.j2").render(
        total=summary.total(results),
        environment=environment,
        kernels=summary.by_kernel(results),
        suites=summary.by_suite(results),
        failures=failed[:FAILURES_SHOWN],
        failures_left_out=len(failed) - len(failed[:FAILURES_SHOWN]),
        unsupported=_reasons(results),
        plot=plot.error_against_bound(calls) if calls else None,
        exact=sum(not r.unsupported and not plot.has_point(r) for r in calls),
        training=drift.drift_by_step(trained) if trained else None,
        notes=summary.notes(results),
        pictures=pictures,
        pictures_missing=pictures_missing,
    )


def _reasons(results: Sequence[Result]) -> dict[tuple[str, str, str, str], int]:
    """Return how many results are unsupported by (operator, direction, algorithm, reason)."""
    counts: dict[tuple[str, str, str, str], int] = {}
    for r in results:
        if r.unsupported:
            key = (r.op, r.direction, r.algorithm, r.unsupported)
            counts[key] = counts.get(key, 0) + 1
    return counts


def _data_uri(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode()
