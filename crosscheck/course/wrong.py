"""Wrong: the one exception of the course, whose text tells a reader where an answer went wrong."""


class Wrong(Exception):
    """An answer that is not right; the text says where, in the reader's own lines."""
