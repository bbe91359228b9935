"""Fuzzing without end: fresh seeds on all cores, and a failing case in its smallest form.

`campaign` hands cases to processes of its own, so that one which crashes or hangs is a failure like
any other. `shrink` makes a failing case smaller, `literal` writes it as a call that `--case` takes.
"""
