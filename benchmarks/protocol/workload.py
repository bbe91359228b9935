"""The arrays of a layer in one direction, on a device; every sample computes with new numbers.

They are copied from a store of random numbers on the device, each time from another place in it:
that costs a copy, and nothing that is kept from an earlier call can be right.
"""

from collections.abc import Mapping
from functools import cached_property
from math import prod
from typing import Any

import numpy as np

from crosscheck.benchmarks.protocol.device import Device
from crosscheck.benchmarks.row import DIRECTIONS
from crosscheck.benchmarks.suites import Layer
from crosscheck.kernels.arrays import Array, empty_of
from crosscheck.kernels.memory_format import channels_last
from crosscheck.kernels.operator import bind
from crosscheck.kernels.plan import Plan
from crosscheck.parity.direction import Direction
from crosscheck.parity.operators import OPERATORS

LAYOUTS = ("nchw", "nhwc")
STORED = {"cpu": 2**20, "cuda": 2**24}  # random numbers


class Store:
    """Random numbers on a device, to be copied from any place; of `entropy`, None: of no seed."""

    def __init__(self, device: Device, dtype: str, entropy: int | None = None) -> None:
        self.rng, self.dtype = np.random.default_rng(entropy), dtype
        drawn = self.rng.standard_normal(STORED[device.name]).astype(dtype)
        self._numbers = device.library.asarray(drawn)

    def fill(self, array: Array) -> None:
        """Fill an array that is dense in memory."""
        flat = _flat(array)
        for start in range(0, flat.size, self._numbers.size // 2):
            piece = flat[start : start + self._numbers.size // 2]
            place = int(self.rng.integers(self._numbers.size - piece.size))
            piece[...] = self._numbers[place : place + piece.size]


class Workload:
    """What one call needs.

    layer, layout         of what: "nhwc" puts the channels of all 4-dimensional arrays last
    direction             parity's
    tensors               the inputs and "grad_output", by name, on the device
    output_size           of the direction's result
    """

    def __init__(
        self, layer: Layer, direction: str, layout: str, device: Device, store: Store
    ) -> None:
        """Raise ValueError for a direction or a layout that the layer does not have."""
        self.layer, self.layout, self.device, self._store = layer, layout, device, store
        self.operator = OPERATORS[layer.op]
        self.direction = _direction(layer, direction)
        if layout not in LAYOUTS or (layout == "nhwc" and not has_layouts(layer)):
            raise ValueError(f"layout is {layout!r}; expected nchw, or nhwc for images")
        self.dtype, self.options = store.dtype, dict(layer.options)
        self.tensors = {name: self._empty(size, name) for name, size in layer.inputs.items()}
        self.tensors["grad_output"] = self._empty(output_size(layer), "grad_output")
        of = direction.removesuffix("_gradient") if direction != "forward" else "grad_output"
        self.output_size = self.tensors[of].shape
        self.refill()

    @property
    def rng(self) -> np.random.Generator:
        """Where the random numbers come from."""
        return self._store.rng

    @cached_property
    def sizes(self) -> Mapping[str, tuple[int, ...]]:
        """The shapes of all tensors."""
        return {name: each.shape for name, each in self.tensors.items()}

    @property
    def bytes(self) -> int:
        """What a call reads and writes at least: the tensors that its direction reads, and the
        result, each once.
        """
        result = prod(self.output_size) * np.dtype(self.dtype).itemsize
        return result + sum(each.nbytes for each in self.read.values())

    @property
    def read(self) -> Mapping[str, Array]:
        """The tensors that the direction reads; for what the forward pass returned, its size."""
        reads = self.direction.reads
        found = {name: each for name, each in self.tensors.items() if name in reads}
        if "output" in reads:
            found["output"] = self.tensors["grad_output"]
        return found

    def refill(self) -> None:
        """Put new random numbers into all tensors."""
        for name, array in self.tensors.items():
            if array.dtype.kind == "f":
                self._store.fill(array)
                if name in self.operator.fill:
                    array[...] = self.operator.fill[name](array, self.tensors)
            else:
                classes = self.layer.inputs["input"][1]
                drawn = self._store.rng.integers(0, classes, array.shape)
                array[...] = self.device.library.asarray(drawn)

    def _empty(self, size: tuple[int, ...], name: str) -> Array:
        strides = channels_last(size) if self.layout == "nhwc" and len(size) == 4 else None
        # A target of another shape than the scores is one of classes.
        classes = name == "target" and size != self.layer.inputs["input"]
        dtype = "int64" if classes else self.dtype
        return empty_of(self.device.library, size, dtype, strides)


def output_size(layer: Layer) -> tuple[int, ...]:
    """Return the shape of the forward pass's result; nothing of the arrays' size is allocated."""
    return tuple(_plan(layer).outputs[0].size)


def problem(layer: Layer) -> Any:
    """Return what the operator's plan makes of a layer's sizes and options."""
    return _plan(layer).problem


def _plan(layer: Layer) -> Plan:
    operator = OPERATORS[layer.op]
    arrays = {name: np.broadcast_to(np.float32(0), size) for name, size in layer.inputs.items()}
    like = {**arrays, "grad_output": arrays["input"]}
    given, options = operator.kernel_arguments(like, layer.options)
    forward = _direction(layer, "forward").function
    return forward.operator.plan("forward", bind(forward, given, options))


def has_layouts(layer: Layer) -> bool:
    """Return whether a layer computes with images, which may lie in memory as NCHW or NHWC."""
    return len(layer.inputs["input"]) == 4


def directions(layer: Layer) -> list[str]:
    """Return the names of the directions of a layer's operator: of those measured, those it has."""
    there = [each.name for each in OPERATORS[layer.op].directions]
    return [name for name in DIRECTIONS if name in there]


def _direction(layer: Layer, name: str) -> Direction:
    for each in OPERATORS[layer.op].directions:
        if each.name == name:
            return each
    raise ValueError(f"direction is {name!r}; expected one of {directions(layer)} of {layer.op}")


def _flat(array: Array) -> Array:
    """Return a view of a dense array in the order of its memory."""
    order = sorted(range(array.ndim), key=lambda axis: -array.strides[axis])
    return array.transpose(order).reshape(-1)
