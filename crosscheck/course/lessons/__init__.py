"""The checks of the exercises: `check(answer)` of each returns a line about a right answer, and
raises Wrong for any other.
"""
