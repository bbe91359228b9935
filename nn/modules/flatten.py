"""Flatten."""

from crosscheck.nn.modules.module import Module
from crosscheck.nn.public import public
from crosscheck.nn.tensor import Tensor
from crosscheck.nn.views import flatten


@public
class Flatten(Module):
    """`torch.nn.Flatten`: merges dimensions into one; by default all but the first."""

    def __init__(self, start_dim: int = 1, end_dim: int = -1):
        super().__init__()
        self.start_dim = start_dim
        self.end_dim = end_dim

    def forward(self, input: Tensor) -> Tensor:
        return flatten(input, self.start_dim, self.end_dim)

    def extra_repr(self) -> str:
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"
