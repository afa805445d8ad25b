"""What keeps a benchmark from being run."""


class CannotMeasureError(Exception):
    """Something it needs is not there; the sentence says what to do."""
