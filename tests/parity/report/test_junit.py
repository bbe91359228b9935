"""JUnit XML from made-up results: the counts, a failure's text, and what XML cannot hold."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from crosscheck.parity.report import junit
from crosscheck.parity.result import Result

PASSED = Result("relu", "forward", "direct", "float32", "cpu", "fuzz", "a", ok=True, seconds=0.5)
FAILED = replace(PASSED, case="b", ok=False, message="<lost>", repro="run 'b'")
UNSUPPORTED = replace(PASSED, suite="quick", case="c", unsupported="at most 64 filters")


def parsed(*results):
    return ElementTree.fromstring(junit.render(results, {"device": "a chip"}))


def test_every_result_is_a_testcase_of_its_suite():
    root = parsed(PASSED, FAILED, UNSUPPORTED)
    assert root.tag == "testsuites" and (root.get("tests"), root.get("failures")) == ("3", "1")
    fuzz, quick = root
    counts = [fuzz.get(name) for name in ("name", "tests", "failures", "errors", "skipped", "time")]
    assert counts == ["fuzz", "2", "1", "0", "0", "1.000"]
    assert (quick.get("tests"), quick.get("skipped")) == ("1", "1")
    cases = [(each.get("classname"), each.get("name")) for each in fuzz.iter("testcase")]
    assert cases == [("relu.forward.direct.float32", "a"), ("relu.forward.direct.float32", "b")]
    assert fuzz.find("properties/property").attrib == {"name": "device", "value": "a chip"}


def test_a_failure_has_its_message_and_the_command_that_repeats_it():
    passed, failed = parsed(PASSED, FAILED).iter("testcase")
    assert failed.find("failure").get("message") == "<lost>"
    assert failed.find("failure").text.split("\n") == ["<lost>", "run 'b'", ""]
    assert passed.find("failure") is None


def test_what_is_unsupported_is_skipped_with_its_reason():
    (case,) = parsed(UNSUPPORTED).iter("testcase")
    assert case.find("skipped").get("message") == "at most 64 filters"


@pytest.mark.parametrize(
    "text", ["\x00", "\x1b[31m", "\ud800", "\ufffe", "]]>", "\u20ac \U0001f600"]
)
def test_any_text_is_well_formed_and_keeps_what_xml_can_hold(text):
    (case,) = parsed(replace(FAILED, case=f"x{text}y", message=text)).iter("testcase")
    assert case.get("name").startswith("x") and case.get("name").endswith("y")
    if text.startswith(("]", "\u20ac")):
        assert case.get("name") == f"x{text}y"
    else:
        assert "\\" in case.find("failure").get("message")


def test_nothing_is_well_formed():
    assert parsed().get("tests") == "0"
