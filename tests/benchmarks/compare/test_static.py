"""Two records: what got worse, from one compiler and from two, and what is in one of them only."""

import dataclasses

import pytest

from crosscheck.benchmarks.compare import refs, static
from crosscheck.kernels.inspect import record
from crosscheck.kernels.inspect.record import Figures, Record
from crosscheck.kernels.inspect.variant import Variant

KERNEL = Variant("loss.mse_loss.partial_kernel", "sm_90a", "float32", 32)
OTHER = KERNEL._replace(arch="sm_80")
LINE = Figures(100, 0, 0, 1024, 4, 1000, 1.2, 8.0, 16.0, 85.0, 20.0, "issue")


def made(compiler="numba 1", kernels=(KERNEL, OTHER), **changed):
    line = dataclasses.replace(LINE, **changed)
    return Record(compiler, dict.fromkeys(kernels, line))


@pytest.mark.parametrize(
    ("figure", "worse", "better"),
    [
        ("registers", 101, 99),
        ("per_fma", 1.3, 1.1),
        ("shared", 2048, 512),
        ("global_width", 4.0, 16.0),
        ("ceiling", 84.9, 85.1),
        ("instructions", 1021, 979),
    ],
)
def test_a_figure_that_got_worse_is_named_once_for_all_variants(figure, worse, better):
    (found,) = static.compare(made(), made(**{figure: worse})).worse
    assert (found.kernel, found.figure, found.after) == (KERNEL.kernel, figure, worse)
    assert set(found.variants) == {KERNEL, OTHER}
    good = static.compare(made(), made(**{figure: better}))
    assert not good.worse and [each.figure for each in good.figures] == [figure]


def test_the_variant_that_changed_most_comes_first():
    before, after = made(), made()
    lines = {**after.lines, OTHER: dataclasses.replace(LINE, registers=120)}
    lines[KERNEL] = dataclasses.replace(LINE, registers=110)
    (found,) = static.compare(before, Record(after.compiler, lines)).worse
    assert found.variants == (OTHER, KERNEL) and found.after == 120


def test_another_compiler_has_some_slack_and_is_named():
    assert static.compare(made(), made(registers=104)).worse
    found = static.compare(made(), made("numba 2", registers=104))
    assert not found.figures and found.compilers == ("numba 1", "numba 2")
    assert static.compare(made(), made("numba 2", registers=106)).worse


def test_kernels_of_one_record_only_are_listed():
    new = KERNEL._replace(kernel="loss.new")
    found = static.compare(made(kernels=[KERNEL]), made(kernels=[KERNEL, new]))
    assert found.added == ["loss.new"] and not found.gone
    assert static.compare(made(kernels=[KERNEL, new]), made(kernels=[KERNEL])).gone == ["loss.new"]


def test_the_record_of_a_file_is_read_and_another_file_refused(tmp_path):
    path = tmp_path / "record.csv"
    record.write(made(), path)
    assert static.read_file(path) == made()
    path.write_text("# numba 1\nkernel,arch\na,b\n")
    with pytest.raises(ValueError, match=r"record\.csv: no record of `crosscheck inspect`"):
        static.read_file(path)


def test_the_record_of_a_commit_is_read(tmp_path, repository):
    record.write(made(), repository.root / "record.csv")
    first = repository.commit({static.PATH: (repository.root / "record.csv").read_text()})
    assert static.read(first, repository.root) == made()
    bare = repository.commit({static.PATH: None})
    with pytest.raises(ValueError, match=f"{bare[: refs.SHORT]} has no kernels/inspect/record.csv"):
        static.read(bare, repository.root)
