"""The example for several processes: two that torchrun starts train as one process of torch."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import safetensors.torch
import torch
from torch.utils.data import TensorDataset

from crosscheck.examples import data, distributed

ROOT = Path(__file__).parents[2]
SECONDS = 300  # far more than two processes take to start
BATCH = 256  # five steps an epoch


def test_two_processes_train_as_one_process_of_torch(tmp_path):
    environment = os.environ | {"PYTHONPATH": str(ROOT), "GLOO_SOCKET_IFNAME": "lo"}
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    example = ["--nproc-per-node", "2", "-m", "crosscheck.examples.distributed"]
    options = ["--epochs", "1", "--batch", str(BATCH), "--double", "--output", str(tmp_path / "w")]
    run = subprocess.run(
        [*torchrun, *example, *options],
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "epoch 1, 2 processes: loss" in run.stdout

    torch.manual_seed(0)
    model = distributed.build().double()
    digits = data.load("digits")
    images = TensorDataset(
        torch.from_numpy(digits.images).double(), torch.from_numpy(digits.classes)
    )
    training = distributed.Training(model, images, BATCH, rank=0, processes=1)
    training.epoch(torch.device("cpu"))
    trained = safetensors.torch.load_file(tmp_path / "w")
    for name, expected in model.state_dict().items():
        torch.testing.assert_close(trained[name], expected, rtol=1e-12, atol=1e-12)


def test_a_batch_is_shared_out_evenly():
    with pytest.raises(ValueError, match="batch is 10; expected a multiple of 4 processes"):
        distributed.Training(torch.nn.Identity(), TensorDataset(), 10, rank=0, processes=4)
