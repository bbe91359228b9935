"""PyTorch's samples are drawn once for a file of tests, and dropped after it: gigabytes."""

from collections.abc import Iterator

import pytest

from crosscheck.parity import samples


@pytest.fixture(scope="module", autouse=True)
def _drop_samples() -> Iterator[None]:
    yield
    samples.samples.cache_clear()
