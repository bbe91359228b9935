"""Train a PyTorch model on our kernels in several processes, each on its share of every batch.

    torchrun --standalone --nproc-per-node 2 -m crosscheck.examples.distributed

On each of several machines, here two with eight GPUs, HOST being the name of one of them:

    torchrun --nnodes 2 --nproc-per-node 8 --rdzv-backend c10d --rdzv-endpoint HOST:29500 \\
        --rdzv-id digits -m crosscheck.examples.distributed

The processes exchange gradients by NCCL where there are GPUs, one for each process, else by gloo.
Any number of them computes what one does: their shares make up the same batches, and the mean of
their gradients is that of the whole batch. A batch norm would normalize each share by itself.
"""

import os
from pathlib import Path
from typing import Annotated

import safetensors.torch
import torch
import typer
from torch import distributed, nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, TensorDataset
from torch.utils.data.distributed import DistributedSampler

from crosscheck.examples import data
from crosscheck.nn import torch_ops

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


def build() -> nn.Sequential:
    """Return a model for images (n, 1, 28, 28) of ten classes."""
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(16 * 7 * 7, 10),
    )


class Training:
    """Trains `model` on the share that falls to `rank` of `processes`, `batch` images in all.

    epochs  how many are done
    """

    def __init__(
        self, model: nn.Module, images: TensorDataset, batch: int, rank: int, processes: int
    ):
        if batch % processes:
            raise ValueError(f"batch is {batch}; expected a multiple of {processes} processes")
        self.model = model
        self.sampler = DistributedSampler(images, processes, rank, seed=0, drop_last=True)
        self.loader = DataLoader(images, batch // processes, sampler=self.sampler, drop_last=True)
        self.loss = nn.CrossEntropyLoss()
        self.optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9)
        self.epochs = 0

    def epoch(self, device: torch.device) -> torch.Tensor:
        """Train once on every batch; return the mean loss of this share."""
        self.sampler.set_epoch(self.epochs)  # another order, the same in all processes
        total = torch.zeros((), device=device)
        for images, classes in self.loader:
            self.optimizer.zero_grad()
            loss = self.loss(self.model(images.to(device)), classes.to(device))
            loss.backward()  # in which DistributedDataParallel takes the mean of all gradients
            self.optimizer.step()
            total += loss.detach()
        self.epochs += 1
        return total / len(self.loader)


@app.command()
def main(
    epochs: Annotated[int, typer.Option(min=1, help="How many times to train on each image.")] = 3,
    batch: Annotated[int, typer.Option(min=1, help="Images of a step, of all processes.")] = 64,
    output: Annotated[
        Path, typer.Option(help="The file that process 0 writes the weights to.")
    ] = Path("distributed.safetensors"),
    double: Annotated[bool, typer.Option(help="Compute in float64.")] = False,
) -> None:
    """Train on handwritten digits."""
    if "RANK" not in os.environ:
        raise typer.BadParameter("start it by torchrun, as the first lines of this file say")
    device = torch.device("cpu")
    if torch.cuda.is_available():
        device = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
        torch.cuda.set_device(device)
    distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
    rank, processes = distributed.get_rank(), distributed.get_world_size()
    dtype = torch.float64 if double else torch.float32
    digits = data.load("digits")
    torch.manual_seed(0)
    model = build().to(device, dtype)
    replacement = torch_ops.replace(model)
    images = torch.from_numpy(digits.images).to(dtype)
    held_out = torch.from_numpy(digits.test_images).to(device, dtype)
    training = Training(
        DistributedDataParallel(model),
        TensorDataset(images, torch.from_numpy(digits.classes)),
        batch,
        rank,
        processes,
    )
    torch_ops.replace(training.loss)
    if rank == 0:
        print(replacement)
    for epoch in range(epochs):
        loss = training.epoch(device)
        distributed.all_reduce(loss)
        if rank == 0:
            with torch.no_grad():
                predicted = model(held_out).argmax(1).cpu().numpy()
            accuracy = (predicted == digits.test_classes).mean()
            print(
                f"epoch {epoch + 1}, {processes} processes: loss {float(loss) / processes:.3f},"
                f" held-out accuracy {accuracy:.1%}",
                flush=True,
            )
    if rank == 0:
        safetensors.torch.save_file(model.state_dict(), output)
        print(output, flush=True)
    distributed.barrier()  # process 0 has written before any of them goes
    # Taking gloo's threads down hangs or aborts a process now and then, after all is done: leave
    # without.
    os._exit(0)


if __name__ == "__main__":
    app()
