"""Lesson 2: an image is mirrored; the grid covers it, and no block more."""

import numpy as np

from crosscheck.course.answer import Answer
from crosscheck.course.watched import launch, unwritten
from crosscheck.course.wrong import Wrong

HEIGHT, WIDTH, BLOCK = 50, 100, (32, 8)


def check(answer: Answer) -> str:
    try:
        grid = answer["blocks"](HEIGHT, WIDTH)
    except (TypeError, ValueError, NameError, ArithmeticError) as error:
        raise Wrong(f"blocks({HEIGHT}, {WIDTH}) raises {error!r}") from None
    if not (isinstance(grid, tuple) and len(grid) == 2 and all(type(n) is int for n in grid)):
        raise Wrong(f"blocks({HEIGHT}, {WIDTH}) is {grid!r}; expected two integers, across first")
    x = np.arange(HEIGHT * WIDTH, dtype=np.float32).reshape(HEIGHT, WIDTH)
    y = unwritten(HEIGHT, WIDTH)
    watched = launch(answer["mirror"], grid, BLOCK, x, y)
    watched.holds("y", y, x[:, ::-1].astype(np.float64))
    least = -(-WIDTH // BLOCK[0]), -(-HEIGHT // BLOCK[1])
    if grid != least:
        text = f"blocks({HEIGHT}, {WIDTH}) is {grid}: right, but {least} cover the image"
        raise Wrong(f"{text}; the others start and end for nothing")
    return f"{grid[0]} x {grid[1]} blocks of {BLOCK[0]} x {BLOCK[1]} threads cover the image."
