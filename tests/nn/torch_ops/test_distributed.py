"""The operators under DistributedDataParallel: two processes, gloo."""

import os
import subprocess
import sys
from pathlib import Path

import torch
from torch import nn

from crosscheck.nn import torch_ops

ROOT = Path(__file__).parents[3]
SECONDS = 120  # far more than two processes take to start


def test_two_processes_train_as_one_process_of_torch(tmp_path):
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Conv2d(2, 4, 3, padding=1),
        nn.BatchNorm2d(4),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(2),
        nn.Dropout(0.3),
        nn.Conv2d(4, 3, 3),
        nn.Flatten(),
    ).double()
    batches = [
        (torch.randn(4, 2, 6, 6).double(), torch.randn(4, 3).double().softmax(1)) for _ in range(3)
    ]
    torch.save({"model": model, "batches": batches}, tmp_path / "problem.pt")

    environment = os.environ | {"PYTHONPATH": str(ROOT), "GLOO_SOCKET_IFNAME": "lo"}
    command = [sys.executable, str(Path(__file__).with_name("ddp_worker.py"))]
    workers = [
        subprocess.Popen(
            [*command, str(rank), str(tmp_path)],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for rank in range(2)
    ]
    try:
        outputs = [worker.communicate(timeout=SECONDS)[0] for worker in workers]
    finally:
        for worker in workers:
            worker.kill()
    assert [worker.returncode for worker in workers] == [0, 0], "\n".join(outputs)

    for rank, expected in enumerate(train_in_one_process(model, batches)):
        trained = torch.load(tmp_path / f"trained{rank}.pt")
        assert trained.keys() == expected.keys()
        for name in expected:
            torch.testing.assert_close(trained[name], expected[name], rtol=1e-12, atol=1e-12)


def train_in_one_process(model, batches):
    """Return the state of either process; only the dropout is ours, to drop the same elements.

    Each normalises its half of a batch, and starts every step from the buffers of process 0.
    """
    torch_ops.replace(model[4])
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for step, (inputs, targets) in enumerate(batches):
        optimizer.zero_grad()
        other = {name: buffer.clone() for name, buffer in model.named_buffers()}
        for rank, buffers in ((1, other), (0, {})):
            torch.manual_seed(2 * step + rank)
            y = torch.func.functional_call(model, buffers, inputs[rank::2])
            (nn.functional.cross_entropy(y, targets[rank::2]) / 2).backward()
        optimizer.step()
    return model.state_dict(), model.state_dict() | other
