"""A launcher chooses among all candidates, or is run with each in turn."""

from crosscheck.kernels import candidates


def recorder(*choices):
    """Return a launcher that makes these choices, and what it was offered, call by call."""
    seen = []
    return (lambda: seen.append([candidates.among(each) for each in choices])), seen


def test_a_launcher_chooses_among_all():
    run, seen = recorder("abc")
    run()
    assert seen == [["abc"]]


def test_each_candidate_has_its_turn_in_every_choice():
    run, seen = recorder("abc", "xy")
    for turn in candidates.each(run):
        turn()
    assert seen == [[("a",), ("x",)], [("b",), ("y",)], [("c",), ("y",)]]
    assert candidates.among("abc") == "abc"


def test_a_launcher_without_a_choice_runs_once():
    run, seen = recorder()
    for turn in candidates.each(run):
        turn()
    assert seen == [[]]


def test_an_error_ends_the_turn():
    def run():
        candidates.among("abc")
        raise ValueError

    for turn in candidates.each(run):
        try:
            turn()
        except ValueError:
            assert candidates.among("abc") == "abc"
