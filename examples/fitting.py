"""Fit a model in a few hundred steps, with a progress bar."""

from collections.abc import Callable

from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from crosscheck import nn
from crosscheck.nn import Tensor


def fit(
    name: str,
    model: nn.Module,
    loss_of: Callable[[int], Tensor],
    steps: int,
    learning_rate: float,
) -> list[float]:
    """Minimise `loss_of(step)` by AdamW, the rate of one cycle; return the loss of every step.

    The model is left in evaluation mode.
    """
    optimizer = nn.optim.AdamW(model.parameters(), lr=learning_rate)
    scheduler = nn.optim.lr_scheduler.OneCycleLR(optimizer, learning_rate, total_steps=steps)
    columns = (
        TextColumn(name),
        BarColumn(),
        TextColumn("loss {task.fields[loss]:.4f}"),
        TimeRemainingColumn(),
    )
    losses: list[float] = []
    model.train()
    with Progress(*columns) as bar:
        task = bar.add_task("", total=steps, loss=float("nan"))
        for step in range(steps):
            optimizer.zero_grad()
            loss = loss_of(step)
            loss.backward()
            optimizer.step()
            scheduler.step()
            losses.append(loss.item())
            bar.update(task, advance=1, loss=losses[-1])
    model.eval()
    return losses
