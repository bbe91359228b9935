"""What is normalised together, and the plans of the directions: see `grouped`."""

from typing import NamedTuple

from crosscheck.kernels.normalization import problem
from crosscheck.kernels.plan import Output, Plan, Size
from crosscheck.kernels.reduction import reduce


class Groups(NamedTuple):
    """`samples` of so many `groups`, of `width` channels of `inner` elements each.

    training   whether the statistics are those of the rows, not running ones
    momentum   what they weigh in the running ones
    """

    samples: int
    groups: int
    width: int
    inner: int
    eps: float = 0.0
    momentum: float = 0.0
    training: bool = True

    @property
    def rows(self) -> tuple[int, int, int]:
        """The size that batch_norm takes the rows for channels of: see `algorithms`."""
        return 1, self.samples * self.groups, self.width * self.inner

    @property
    def planes(self) -> tuple[int, int, int]:
        """(n, c, l)."""
        return self.samples, self.groups * self.width, self.inner


def forward_plan(op: str, input: Size, groups: Groups, affine: Size, eps: float) -> Plan:
    """Return the plan of a forward pass; `affine`: the size of weight and bias.

    PyTorch takes any eps. Raises TypeError for what is no number.
    """
    rows, channels = groups.rows, groups.planes[1:2]
    return Plan(
        groups._replace(eps=problem.number(op, "eps", eps)),
        [Output(input, like="input"), *2 * [Output(rows[1:2], computed=True)]],
        sizes={"weight": affine, "bias": affine},
        mixed=("weight", "bias"),
        views={"input": rows, "out": rows, "weight": channels, "bias": channels},
    )


def input_plan(input: Size, groups: Groups, affine: Size) -> Plan:
    """Return the plan of the input gradient."""
    rows, statistic = groups.rows, groups.rows[1:2]
    return Plan(
        groups,
        [Output(input, like="input")],
        sizes={"grad_output": input, "mean": statistic, "rstd": statistic, "weight": affine},
        computed=("mean", "rstd"),
        mixed=("weight",),
        views={
            **dict.fromkeys(("grad_output", "input", "out"), rows),
            "weight": groups.planes[1:2],
        },
    )


def weight_plan(input: Size, groups: Groups, affine: Size) -> Plan:
    """Return the plan of the weight gradient."""
    rows, statistic = groups.rows, groups.rows[1:2]
    return Plan(
        groups,
        [Output(affine, mixed=True)],
        sizes={"grad_output": input, "mean": statistic, "rstd": statistic},
        computed=("mean", "rstd"),
        views={"grad_output": rows, "input": rows, "out": (1, groups.planes[1], 1)},
    )


def bias_plan(groups: Groups, affine: Size) -> Plan:
    """Return the plan of the bias gradient, a plain sum."""
    planes = groups.planes
    return Plan(
        reduce.problem(planes, (0, 2)),
        [Output(affine, mixed=True)],
        views={"grad_output": planes, "out": planes[1:2]},
    )
