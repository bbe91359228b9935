"""Dropout."""

from crosscheck.kernels.dropout import probability
from crosscheck.nn import functional as F
from crosscheck.nn.modules.module import Module
from crosscheck.nn.public import public
from crosscheck.nn.tensor import Tensor


@public
class Dropout(Module):
    """`torch.nn.Dropout`: in training, zeroes each element with probability p, scales the rest."""

    def __init__(self, p: float = 0.5, inplace: bool = False):
        super().__init__()
        probability(p)
        self.p = p
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout(input, self.p, self.training, self.inplace)

    def extra_repr(self) -> str:
        return f"p={self.p}, inplace={self.inplace}"


@public
class Dropout2d(Dropout):
    """`torch.nn.Dropout2d`: `Dropout` of whole channels."""

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout2d(input, self.p, self.training, self.inplace)
