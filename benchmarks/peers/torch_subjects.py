"""PyTorch's subjects: its function for an operator, and one gradient of it, on our arrays.

A convolution's gradient is asked for alone; of the other operators autograd computes the gradients
that the direction names, from a forward pass that is not timed. `compile` times PyTorch's compiler,
which sees the function, and for a gradient the call that computes it alone, where there is one.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from functools import partial
from operator import attrgetter
from typing import Any

import torch

from crosscheck.benchmarks.peers import switches
from crosscheck.benchmarks.protocol.exact import TF32, Rounds
from crosscheck.benchmarks.protocol.workload import Workload
from crosscheck.benchmarks.subjects import Prepared, Subject
from crosscheck.parity.own.tensors import lent

EAGER, COMPILED, GRAPH = OF_STEPS = ("torch", "compile", "torch-graph")  # of training steps
NAMES = (EAGER, "torch-tf32", "torch-deterministic", COMPILED, GRAPH)
GEOMETRY = {"stride": 1, "padding": 0, "dilation": 1}  # and what stands for none given


def why_not(name: str, op: str, dtype: str, device: str) -> str:
    """Return why a peer says nothing there that another does not, "" where it does."""
    if name == "torch-tf32" and (device != "cuda" or dtype != "float32" or op != "conv2d"):
        return "TF32 is for convolutions in float32 on a GPU"
    if name == "torch-deterministic" and device != "cuda":
        return "PyTorch is reproducible on a CPU"
    if name == GRAPH:
        return "a CUDA graph replays whole training steps"
    return ""


def subject(name: str) -> Subject:
    """Return the peer of this name. Raises ValueError for another than NAMES."""
    if name not in NAMES:
        raise ValueError(f"peer is {name!r}; expected one of {NAMES}")
    tf32 = name == "torch-tf32"
    active: Callable[[], AbstractContextManager] = partial(
        switches.switched, tf32, name == "torch-deterministic"
    )
    prepare = partial(_prepare, torch.compile if name == COMPILED else lambda call: call)
    rounds = Rounds(factors=TF32 if tf32 else 0.0)
    return Subject(name, "", prepare, active, rounds, passes_on=True)


def prepare(function: Callable[..., Any], workload: Workload) -> Prepared:
    """Return the call of a function with PyTorch's arguments, or autograd's of one gradient.

    `function` knows its options. The forward pass of a gradient runs when the inputs have new
    numbers, and is not timed.
    """
    if workload.direction.name == "forward":
        return Prepared(_forward(function, _tensors(workload)))
    return _gradient(function, workload, _tensors(workload))


def _prepare(compiled: Callable[[Callable], Callable], workload: Workload) -> Prepared:
    if workload.layer.op == "conv2d" and workload.direction.name != "forward":
        return Prepared(_convolution_gradient(compiled, workload, _tensors(workload)))
    function = attrgetter(workload.operator.torch_function)(torch)
    return prepare(compiled(partial(function, **workload.options)), workload)


def _tensors(workload: Workload) -> dict[str, torch.Tensor]:
    return {name: lent(name, each) for name, each in workload.tensors.items()}


def _forward(function: Callable, tensors: Mapping[str, torch.Tensor]) -> Callable[[], Any]:
    inputs = {name: each for name, each in tensors.items() if name != "grad_output"}

    def call() -> Any:
        with torch.no_grad():
            return function(**inputs)

    return call


def _convolution_gradient(
    compiled: Callable, workload: Workload, tensors: Mapping[str, torch.Tensor]
) -> Callable[[], torch.Tensor]:
    options = workload.options
    given = (options.get(name, plain) for name, plain in GEOMETRY.items())
    pairs = [[value, value] if isinstance(value, int) else list(value) for value in given]
    number = ("input_gradient", "weight_gradient").index(workload.direction.name)
    mask = [number == 0, number == 1, False]

    @compiled
    def gradient(grad_output: Any, input: Any, weight: Any) -> torch.Tensor:
        return torch.ops.aten.convolution_backward(
            *(grad_output, input, weight, None, *pairs, False, [0, 0]),
            *(options.get("groups", 1), mask),
        )[number]

    arguments = tensors["grad_output"], tensors["input"], tensors["weight"]
    return lambda: gradient(*arguments)


def _gradient(
    function: Callable, workload: Workload, tensors: Mapping[str, torch.Tensor]
) -> Prepared:
    name = workload.direction.name.removesuffix("_gradient")
    inputs = {key: each for key, each in tensors.items() if key != "grad_output"}
    leaf = inputs[name] = inputs[name].detach().requires_grad_()
    results: list[torch.Tensor] = []

    def refresh() -> None:
        results[:] = [function(**inputs)]

    def call() -> torch.Tensor:
        return torch.autograd.grad(results.pop(), leaf, tensors["grad_output"])[0]

    return Prepared(call, refresh)
