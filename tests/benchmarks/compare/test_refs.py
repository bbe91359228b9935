"""Refs of a repository: what they name, what is refused, and that a checkout is taken away."""

import pytest

from crosscheck.benchmarks.compare import refs


def test_a_ref_is_its_commit(repository):
    first = repository.commit({"a": "1"})
    second = repository.commit({"a": "2"})
    repository.git("tag", "--annotate", "--message", "v", "v1", first)
    named = {ref: refs.commit(ref, repository.root) for ref in ("main", "main~1", "v1", first[:9])}
    assert named == {"main": second, "main~1": first, "v1": first, first[:9]: first}


def test_files_are_read_as_they_were(repository):
    first = repository.commit({"a": "1", "folder/b": "deep"})
    second = repository.commit({"a": "2"})
    assert [refs.read(each, "a", repository.root) for each in (first, second)] == ["1", "2"]
    assert refs.read(first, "folder/b", repository.root) == "deep"
    assert refs.read(first, "missing", repository.root) is None


@pytest.mark.parametrize("ref", ["nowhere", "--all", "", "main:a"])
def test_what_is_no_commit_is_refused_by_name(repository, ref):
    repository.commit({"a": "1"})
    with pytest.raises(ValueError, match=f"{ref!r} is neither a file of results nor a commit"):
        refs.commit(ref, repository.root)


def test_a_folder_that_is_no_checkout_is_said(repository, tmp_path):
    repository.commit({"folder/a": "1"})
    for folder in (tmp_path, repository.root / "folder"):  # a folder within one is none, either
        with pytest.raises(ValueError, match="is no git checkout"):
            refs.commit("main", folder)


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_a_worktree_has_the_commits_files_and_goes_whatever_happens(repository, tmp_path, error):
    first = repository.commit({"a": "1"})
    repository.commit({"a": "2"})
    with pytest.raises(error), refs.worktree(first, tmp_path / "tree", repository.root) as tree:
        assert (tree / "a").read_text() == "1" and repository.worktrees() == 2
        (tree / "left behind").write_text("by a run")
        raise error
    assert repository.worktrees() == 1 and not (tmp_path / "tree").exists()


def test_a_worktree_that_git_cannot_make_says_why(repository, tmp_path):
    first = repository.commit({"a": "1"})
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "in the way").touch()
    with (
        pytest.raises(OSError, match="already exists"),
        refs.worktree(first, tmp_path / "tree", repository.root),
    ):
        pass
    assert (tmp_path / "tree" / "in the way").exists()
