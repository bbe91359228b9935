"""What the tests of all kinds of pooling share."""

import pytest

from crosscheck.kernels.pooling import adaptive_avg_pool2d, avg_pool2d, max_pool2d


class Refuses:
    """Stands in for a kernel where none may be launched."""

    def forall(self, *_, **__):
        raise AssertionError("a kernel was launched")

    def __getitem__(self, _):
        raise AssertionError("a kernel was launched")


@pytest.fixture
def no_launch(monkeypatch):
    for module in (adaptive_avg_pool2d, avg_pool2d, max_pool2d):
        monkeypatch.setattr(module, "forward_kernel", Refuses())
        monkeypatch.setattr(module, "input_gradient_kernel", Refuses())
