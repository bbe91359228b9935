"""Lesson 5: two barriers, neither more nor fewer, and what each of them is for."""

NAME = "barriers"
WRITE = "        tile[t] = x[start + t]\n"
READ = "        y[start + t] = tile[THREADS - 1 - t]\n"
BARRIER = "        cuda.syncthreads()\n"
BOTH = (WRITE, WRITE + BARRIER), (READ, READ + BARRIER)
FIRST = 'WITHOUT_THE_FIRST = "?"', 'WITHOUT_THE_FIRST = "not there yet"'
SECOND = 'WITHOUT_THE_SECOND = "?"', 'WITHOUT_THE_SECOND = "overwritten"'


def test_right(right):
    assert "Both barriers are needed" in right(NAME, *BOTH, FIRST, SECOND)


def test_none(wrong):
    said = wrong(NAME)
    assert "racecheck: tile[32] is read, barriers.py:23" in said
    assert "initcheck: tile[63] is read but was never written" in said


def test_only_the_first(wrong):
    said = wrong(NAME, BOTH[0], FIRST, SECOND)
    assert "racecheck" in said and "initcheck" not in said
    assert "written, barriers.py:22" in said


def test_only_the_second(wrong):
    said = wrong(NAME, BOTH[1], FIRST, SECOND)
    assert "initcheck: tile[63] is read but was never written, barriers.py:23" in said


def test_one_too_many(wrong):
    said = wrong(NAME, (WRITE, BARRIER + WRITE + BARRIER), BOTH[1], FIRST, SECOND)
    assert said.startswith("barriers.py:22: this barrier protects nothing")


def test_no_tile(wrong):
    straight = (WRITE + READ, "        y[start + t] = x[start + THREADS - 1 - t]\n")
    assert "there are 0 barriers; expected the one tile" in wrong(NAME, straight, FIRST, SECOND)


def test_in_a_branch(wrong):
    some = "        if t < 32:\n    " + BARRIER
    said = wrong(NAME, (WRITE, WRITE + some), BOTH[1], FIRST, SECOND)
    assert "synccheck" in said and "cuda.syncthreads(), barriers.py:24" in said


def test_predictions_the_wrong_way_round(wrong):
    said = wrong(
        NAME,
        *BOTH,
        (FIRST[0], 'WITHOUT_THE_FIRST = "overwritten"'),
        (SECOND[0], 'WITHOUT_THE_SECOND = "not there yet"'),
    )
    assert said.startswith(
        "WITHOUT_THE_FIRST is 'overwritten'. Without the barrier of barriers.py:23"
    )
    assert "initcheck" in said


def test_the_second_prediction(wrong):
    said = wrong(NAME, *BOTH, FIRST)
    assert said.startswith("WITHOUT_THE_SECOND is '?'. Without the barrier of barriers.py:25")
    assert "racecheck" in said and "initcheck" not in said
