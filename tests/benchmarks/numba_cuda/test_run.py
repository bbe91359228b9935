"""numba-cuda's tests are counted, even of a file that hangs, crashes or is skipped."""

import textwrap

import pytest

from crosscheck.benchmarks.numba_cuda import reasons, run
from crosscheck.benchmarks.numba_cuda.result import FAILED, PASSED, SKIPPED

MIXED = """
    import unittest
    import pytest
    from numba import cuda
    from numba.cuda.tests.neighbours.shared import ONE
    from .shared import ONE as again

    class TestMixed(unittest.TestCase):
        def test_passes(self):
            self.assertEqual((cuda.implementation[-10:], ONE, again), ("CPU device", 1, 1))

        def test_parts(self):
            for number in range(3):
                with self.subTest(number=number):
                    self.assertNotEqual(number, 1)

        @unittest.expectedFailure
        def test_expected(self):
            self.fail()

        @unittest.skip("not today")
        def test_skipped(self): ...

        def test_ptx(self):
            cuda.compile_ptx()
"""
HANGS = """
    import time

    def test_before(): ...
    def test_hangs():
        time.sleep(60)
"""
CRASHES = """
    import os

    def test_before(): ...
    def test_crashes():
        os.abort()
"""
SKIPPED_FILE = """
    import pytest

    pytest.importorskip("no_such_package")

    def test_one(): ...
    def test_two(): ...
"""
NO_IMPORT = """
    import numba.cuda._fp8

    def test_one(): ...
    def test_two(): ...
"""


@pytest.fixture
def tests(tmp_path, monkeypatch):
    folder = tmp_path / "neighbours"
    folder.mkdir()
    (tmp_path / "__init__.py").write_text("")
    (folder / "__init__.py").write_text("")
    (folder / "shared.py").write_text("ONE = 1\n")
    sources = dict(
        mixed=MIXED, hangs=HANGS, crashes=CRASHES, skipped_file=SKIPPED_FILE, no_import=NO_IMPORT
    )
    for name, source in sources.items():
        (folder / f"test_{name}.py").write_text(textwrap.dedent(source))
    monkeypatch.setattr(run, "tests", lambda: tmp_path)
    return folder


def test_every_outcome_is_counted_once(tests):
    done = []
    (result,) = run.run([tests / "test_mixed.py"], 60, done.append)
    assert done == [result.file] == ["neighbours/test_mixed.py"]
    assert result.counts == {PASSED: 2, FAILED: 2, SKIPPED: 1}
    assert [failure.test for failure in result.failures] == [
        "TestMixed::test_parts",
        "TestMixed::test_ptx",
    ]
    assert result.groups == {reasons.OTHER: 1, reasons.PTX: 1}


def test_a_file_that_hangs_keeps_the_outcomes_so_far(tests):
    result, other = run.run(
        [tests / "test_hangs.py", tests / "test_no_import.py"], 15, lambda name: None, jobs=2
    )
    assert other.file == "neighbours/test_no_import.py"
    assert result.counts == {PASSED: 1, FAILED: 1, SKIPPED: 0}
    assert result.groups == {reasons.TIME: 1}
    (result,) = run.run([tests / "test_hangs.py"], 0.01, lambda name: None)
    assert result.counts == {PASSED: 0, FAILED: 2, SKIPPED: 0}


def test_a_crash_is_not_taken_for_a_timeout(tests):
    (result,) = run.run([tests / "test_crashes.py"], 60, lambda name: None)
    assert result.counts == {PASSED: 1, FAILED: 1, SKIPPED: 0}
    assert result.groups == {reasons.CRASH: 1}


def test_a_file_that_skips_itself_is_skipped_with_all_its_tests(tests):
    (result,) = run.run([tests / "test_skipped_file.py"], 60, lambda name: None)
    assert result.counts == {PASSED: 0, FAILED: 0, SKIPPED: 2}


def test_a_file_that_cannot_be_imported_fails_with_all_its_tests(tests):
    (result,) = run.run([tests / "test_no_import.py"], 60, lambda name: None)
    assert result.counts == {PASSED: 0, FAILED: 2, SKIPPED: 0}
    assert result.groups == {reasons.FP8: 2}


def test_all_files_are_there():
    paths = run.files()
    names = [path.name for path in paths]
    assert len(set(paths)) == len(paths) > 100
    assert {"test_warp_ops.py", "test_vecadd.py", "test_cuda_ndarray.py"} <= set(names)
    assert all(path.exists() for path in paths)
