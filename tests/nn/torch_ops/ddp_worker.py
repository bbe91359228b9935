"""One of two processes of test_distributed.py: trains on its half of a batch, writes what it has.

python ddp_worker.py RANK FOLDER
"""

import os
import sys
from datetime import timedelta
from pathlib import Path

import torch
from torch import distributed, nn
from torch.nn.parallel import DistributedDataParallel

from crosscheck.nn import torch_ops

rank, folder = int(sys.argv[1]), Path(sys.argv[2])
problem = torch.load(folder / "problem.pt", weights_only=False)
model: nn.Module = problem["model"]
loss = nn.CrossEntropyLoss()
assert [layer.kind for layer in torch_ops.replace(model).left] == ["Flatten"]
assert torch_ops.replace(loss).replaced
distributed.init_process_group(
    "gloo",
    init_method=f"file://{folder / 'store'}",
    rank=rank,
    world_size=2,
    timeout=timedelta(seconds=60),
)
parallel = DistributedDataParallel(model)
optimizer = torch.optim.SGD(parallel.parameters(), lr=0.1)
for step, (inputs, targets) in enumerate(problem["batches"]):
    half = slice(rank, None, 2)
    torch.manual_seed(2 * step + rank)
    optimizer.zero_grad()
    loss(parallel(inputs[half]), targets[half]).backward()
    optimizer.step()
torch.save(model.state_dict(), folder / f"trained{rank}.pt")
distributed.barrier()  # both have written before either goes
# Taking gloo's threads down aborts the process now and then ("terminate called without an active
# exception"), after all is done: leave without.
os._exit(0)
