"""The run as JUnit XML, which continuous integration shows: one testcase a result."""

import re
from collections.abc import Mapping, Sequence
from xml.etree import ElementTree

from crosscheck.parity.report import summary
from crosscheck.parity.result import Result

# What XML 1.0 has no way to write, not even as a reference: most control characters, surrogates.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(results: Sequence[Result], environment: Mapping[str, str]) -> str:
    """Return the XML: a testsuite for each suite of parity, with the environment as properties.

    A testcase's class is operator.direction.algorithm.dtype and its name the case's. A failure has
    the message, and the command that repeats the case; what an algorithm does not take is skipped.
    """
    total = summary.total(results)
    root = ElementTree.Element("testsuites", _counts(total) | {"name": "crosscheck parity"})
    members: dict[str, list[Result]] = {}
    for each in results:
        members.setdefault(each.suite, []).append(each)
    for row in summary.by_suite(results):
        (name,) = row.key
        suite = ElementTree.SubElement(root, "testsuite", {"name": name} | _counts(row))
        properties = ElementTree.SubElement(suite, "properties")
        for key, value in environment.items():
            ElementTree.SubElement(properties, "property", name=_text(key), value=_text(value))
        for each in members[name]:
            _case(suite, each)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=False) + "\n"


def _counts(row: summary.Row) -> dict[str, str]:
    return {
        "tests": str(row.cases),
        "failures": str(row.failed),
        "errors": "0",  # a case that raises is a failure, too
        "skipped": str(row.unsupported),
        "time": f"{row.seconds:.3f}",
    }


def _case(suite: ElementTree.Element, result: Result) -> None:
    group = ".".join((result.op, result.direction, result.algorithm, result.dtype))
    case = ElementTree.SubElement(
        suite,
        "testcase",
        classname=_text(group),
        name=_text(result.case),
        time=f"{result.seconds:.3f}",
    )
    if not result.ok:
        failure = ElementTree.SubElement(case, "failure", message=_text(result.message))
        failure.text = _text(f"{result.message}\n{result.repro}\n")
    elif result.unsupported:
        ElementTree.SubElement(case, "skipped", message=_text(result.unsupported))


def _text(text: str) -> str:
    """Return text that XML can hold; a character that it cannot is shown as Python writes it."""
    return _FORBIDDEN.sub(lambda found: ascii(found[0])[1:-1], text)
