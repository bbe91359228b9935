"""Lesson 5: chunks are reversed through one tile; each of two barriers is taken out."""

import numpy as np

from crosscheck.course import barriers
from crosscheck.course.answer import Answer
from crosscheck.course.watched import Watched, launch, unwritten
from crosscheck.course.wrong import Wrong

CHUNKS, THREADS = 3, 64
NOT_THERE, OVERWRITTEN = "not there yet", "overwritten"
_NAMES = "WITHOUT_THE_FIRST", "WITHOUT_THE_SECOND"


def check(answer: Answer) -> str:
    _run(answer)
    found = barriers.each_without(answer, _run)
    if len(found) != len(_NAMES):
        raise Wrong(f"there are {len(found)} barriers; expected the one tile, and the two it needs")
    for name, (line, text) in zip(_NAMES, found.items(), strict=True):
        # A number that is not there yet was, in the first chunk, never written at all.
        what = NOT_THERE if "initcheck" in text else OVERWRITTEN
        if answer[name] != what:
            raise Wrong(
                f"{name} is {answer[name]!r}. Without the barrier of {answer.file.name}:{line} the "
                f"sanitizer finds:\n{text}"
            )
    return "Both barriers are needed, and you know what for."


def _run(answer: Answer) -> Watched:
    x, y = np.arange(CHUNKS * THREADS, dtype=np.float32), unwritten(CHUNKS * THREADS)
    watched = launch(answer["reverse_chunks"], 1, THREADS, x, y)
    exact = x.reshape(CHUNKS, THREADS)[:, ::-1].reshape(-1)
    watched.holds("y", y, exact.astype(np.float64))
    return watched
