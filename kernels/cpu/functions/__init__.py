"""The Python functions that a kernel consists of, before and while they are compiled."""
