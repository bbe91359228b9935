"""The process of test_tools.py that wraps models for several processes; there is only this one.

python wrappers_worker.py FOLDER prints the name of each wrapper that gave PyTorch's numbers.
"""

import os
import sys
import traceback
from functools import partial
from pathlib import Path

import torch
from torch import distributed, nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import FullyShardedDataParallel, fully_shard
from torch.distributed.tensor import DTensor
from torch.distributed.tensor.parallel import ColwiseParallel, parallelize_module
from torch.nn.parallel import DistributedDataParallel

from crosscheck.nn import torch_ops

X = torch.randn(3, 2, 8, 8, dtype=torch.float64, generator=torch.Generator().manual_seed(0))


def net() -> nn.Sequential:
    torch.manual_seed(0)
    conv, linear = nn.Conv2d(2, 4, 3), nn.Linear(36, 3)
    layers = conv, nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), linear
    return nn.Sequential(*layers).double()


def shard(model: nn.Module) -> nn.Module:
    for part in (model[0], model[5], model):
        fully_shard(part, mesh=mesh)
    return model


def in_columns(model: nn.Module) -> nn.Module:
    return parallelize_module(model, mesh, {"5": ColwiseParallel()})


def train(model: nn.Module) -> list[torch.Tensor]:
    """Return the output of each of three steps; so all but the first depend on the gradients."""
    optimizer, outputs = torch.optim.SGD(model.parameters(), lr=0.1), []
    for _ in range(3):
        optimizer.zero_grad()
        outputs.append(model(X))
        outputs[-1].cos().sum().backward()
        optimizer.step()
    return [each.full_tensor() if isinstance(each, DTensor) else each for each in outputs]


on_cpu = {"device_id": torch.device("cpu")}
WRAPPERS = {
    "DDP": DistributedDataParallel,
    "FSDP": partial(FullyShardedDataParallel, use_orig_params=True, **on_cpu),
    "FSDP, flat": partial(FullyShardedDataParallel, **on_cpu),
    "fully_shard": shard,
    "DTensor": in_columns,
}
try:
    store = Path(sys.argv[1]) / "store"
    distributed.init_process_group("gloo", init_method=f"file://{store}", rank=0, world_size=1)
    mesh = init_device_mesh("cpu", (1,))
    expected = train(net())
    for name, wrap in WRAPPERS.items():
        model = net()
        torch_ops.replace(model)
        wrapped = wrap(model)
        torch.testing.assert_close(train(wrapped), expected, rtol=1e-9, atol=1e-10)
        report = torch_ops.report(wrapped)
        assert len(report.replaced) == 5, report
        fell_back = [layer.fell_back for layer in report.fell_back]
        assert len(fell_back) == (name == "DTensor"), report
        print(name, flush=True)
except BaseException:
    traceback.print_exc()
    sys.stderr.flush()
    os._exit(1)
os._exit(0)  # taking gloo's threads down aborts the process now and then
