"""The operators under DistributedDataParallel: two processes, gloo."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import distributed, nn

ROOT = Path(__file__).parents[3]
SECONDS = 120  # far more than two processes take to start


@pytest.mark.skipif(not distributed.is_gloo_available(), reason="PyTorch was built without gloo")
def test_two_processes_train_as_one_process_of_plain_torch(tmp_path):
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Conv2d(2, 4, 3, padding=1),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(2),
        nn.Conv2d(4, 3, 3),
        nn.Flatten(),
    ).double()
    shapes = (4, 2, 6, 6), (4, 3)
    batches = [[torch.randn(s, dtype=torch.float64) for s in shapes] for _ in range(3)]
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

    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for inputs, targets in batches:
        optimizer.zero_grad()
        nn.functional.mse_loss(model(inputs), targets).backward()
        optimizer.step()
    for rank in range(2):
        trained = torch.load(tmp_path / f"trained{rank}.pt")
        for name, expected in model.state_dict().items():
            torch.testing.assert_close(trained[name], expected, rtol=1e-12, atol=1e-12)
