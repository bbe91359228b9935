"""LeNet-5 on handwritten digits: what its filters learn, and the maps after every layer.

Trained by our own kernels. Each filter makes a map of where the image looks like it; ReLU and
pooling keep where it does so most; the last layers weigh all of that for and against each digit.

    crosscheck train                     99 % of held-out digits, in a minute
    crosscheck train --dataset mnist     60,000 images from openml.org
    crosscheck train --dtype bfloat16    in 16 bits, with float32 masters of the weights

Ctrl-C stops it. The same command with --resume continues after the last finished epoch, and gives
the same bits as a run that was never stopped. With more --epochs it extends a finished run.
"""

if __name__ == "__main__":  # first: what is imported below may not be installed
    from crosscheck.__main__ import main

    main("train")

import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from crosscheck import nn
from crosscheck.examples import data
from crosscheck.examples.gallery.exhibit import Exhibit
from crosscheck.examples.models.lenet5 import lenet5
from crosscheck.examples.pictures import draw
from crosscheck.examples.training import Training

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
Dataset = StrEnum("Dataset", [(name, name) for name in data.DATASETS])
Dtype = StrEnum("Dtype", [(name, name) for name in ("float32", "bfloat16")])


@app.command()
def main(
    dataset: Annotated[Dataset, typer.Option(help="The data set to learn.")] = Dataset.digits,
    epochs: Annotated[int, typer.Option(min=1, help="How many times to train on each image.")] = 15,
    seed: Annotated[
        int, typer.Option(min=0, help="Determines the initial weights and the order of images.")
    ] = 0,
    dtype: Annotated[
        Dtype, typer.Option(help="Of images, weights, and what the layers compute and save.")
    ] = Dtype.float32,
    output: Annotated[Path, typer.Option(file_okay=False, help="The folder to write to.")] = Path(
        "digits"
    ),
    resume: Annotated[
        bool,
        typer.Option(
            help="Continue after the last finished epoch; with more epochs, after a finished run."
        ),
    ] = False,
) -> None:
    """Train LeNet-5, and draw its loss, confusion matrix, filters and features."""
    console = Console()
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        reason = f"{problem.filename}: {problem.strerror}"
        raise typer.BadParameter(reason, param_hint="'--output'") from None
    try:
        loaded = data.load(dataset.value)
    except data.Unavailable as problem:
        console.print(str(problem), style="red", highlight=False, soft_wrap=True)
        raise typer.Exit(1) from None
    nn.manual_seed(seed)
    model = lenet5(loaded.images.shape[1], loaded.images.shape[2]).to(dtype=getattr(nn, dtype))
    training = Training(model, loaded, epochs, seed, output / "checkpoint.safetensors")
    if resume:
        try:
            training.resume()
        except (OSError, ValueError, KeyError, RuntimeError) as problem:
            console.print(f"cannot resume: {problem}", style="red", highlight=False, soft_wrap=True)
            raise typer.Exit(1) from None
    started = time.perf_counter()
    try:
        _train(training, console)
    except KeyboardInterrupt:
        done = len(training.accuracies)
        hint = "--resume continues from there" if done else "nothing was saved yet"
        console.print(f"stopped after {done} of {epochs} epochs: {hint}")
        raise typer.Exit(130) from None
    nn.save(model.state_dict(), output / "model.safetensors")
    seconds = time.perf_counter() - started
    exhibit = Exhibit(output)
    exhibit.facts = {
        "held-out accuracy": f"{training.accuracies[-1]:.2%} of {len(loaded.test_images)} images",
        "training": f"{epochs} epochs of {len(loaded.images)} images",
    }
    console.print(f"trained in {seconds:.0f} s")
    for path in (output / "model.safetensors", *draw(training, exhibit)):
        console.print(str(path), soft_wrap=True)
    exhibit.save()


def _train(training: Training, console: Console) -> None:
    columns = (
        TextColumn("epoch {task.fields[epoch]}"),
        BarColumn(),
        TextColumn("loss {task.fields[loss]:.4f}  held-out accuracy {task.fields[accuracy]:.2%}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        values = dict(epoch=1, loss=0.0, accuracy=0.0)
        total = training.epochs * training.steps
        task = bar.add_task("", total=total, completed=len(training.losses), **values)

        def advance(epoch: int, loss: float, accuracy: float) -> None:
            bar.update(task, advance=1, epoch=epoch + 1, loss=loss, accuracy=accuracy)

        training.run(advance)
