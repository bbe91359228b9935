"""The run as JSON, for other programs."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from crosscheck.parity.report import summary
from crosscheck.parity.result import Result


def render(results: Sequence[Result], environment: Mapping[str, str]) -> str:
    """Return `{"summary": ..., "environment": ..., "cases": [...]}`.

    NaN and infinity, which only failed cases have, become null: JSON has no such numbers.
    """
    total = summary.total(results)
    head = {
        "summary": {
            **_counts(total),
            "suites": {row.key[0]: _counts(row) for row in summary.by_suite(results)},
        },
        "environment": dict(environment),
    }
    cases = [_case(r) for r in results]
    lines = ",\n".join(json.dumps(case, allow_nan=False) for case in cases)  # one case a line
    return json.dumps(head)[:-1] + f',\n"cases": [\n{lines}\n]}}\n'


def _case(result: Result) -> dict[str, Any]:
    """Return the result's fields; `drift` only for training runs."""
    fields = {key: _finite(value) for key, value in asdict(result).items()}
    drift = fields.pop("drift")
    return fields | {"drift": [[_finite(x) for x in line] for line in drift]} if drift else fields


def _counts(row: summary.Row) -> dict[str, Any]:
    return {
        "cases": row.cases,
        "failed": row.failed,
        "unsupported": row.unsupported,
        "seconds": row.seconds,
    }


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
