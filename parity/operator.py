"""An operator as parity sees it: its kernels, PyTorch's function, and the bounds of its results."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from crosscheck.kernels.arrays import Array
from crosscheck.kernels.dtypes import is_floating
from crosscheck.parity import defaults
from crosscheck.parity.direction import Direction, Tensors, directions
from crosscheck.parity.reference_call import Arrays, Options, ReferenceCall
from crosscheck.parity.shared.draws import Drawn

NO_SAMPLES = "none"  # as opinfo_name: PyTorch tests the operator without OpInfo


class NoIntegers(Exception):
    """No integers make every sum of a call exact; the message says why."""


Numbers = Callable[[ReferenceCall, Arrays, np.ndarray, Arrays, str], Arrays]


class Rounding(NamedTuple):
    """How an algorithm rounds: bounds and intermediates, as an `Operator` has them."""

    bounds: Numbers
    intermediates: Numbers


@dataclass(frozen=True)
class Operator:
    """One operator. Most need the fields without a default, and `bounds`.

    What it computes:

    name              the operator's name, and that of its file or folder
    kernels           the family of kernels: its ALGORITHMS and a function for each direction, which
                      gets what its parameters are named after: see kernels/operator.py
    parameters        the arguments of PyTorch's function, in its order
    differentiable    its tensor arguments that have a gradient, if they are floating
    constants         its other tensor arguments: class targets, running statistics
    integral          those of them that hold integers or conditions, never floating numbers
    results           what it returns, by name; integer results must be equal
    updates           constants that it writes to; their new values are results, too

    How far off it may be:

    bounds            (call, inputs, grad_output, exact, dtype) -> the bound of |result - exact| for
                      each element of each floating result; a result left out must be exact
    intermediates     as bounds -> how large, per element, an intermediate result may get on the way
                      to each result: see allowances.py. A result left out has none, or none
                      larger than itself
    rounding          algorithm -> its own bounds and intermediates, where it rounds differently;
                      what is not in them is the operator's
    extra_nan         (algorithm, inputs, grad_output, options) -> where each result may be NaN and
                      PyTorch's is not: see allowances.py
    integers          (call, seed) -> small integers for every input and "grad_output" that make all
                      sums exact in float32. Raises NoIntegers

    What it is tried on:

    fuzz              random generator -> the inputs and options of a random problem
    fuzz_weight       how often the suite `fuzz` draws this operator, 1 being normal
    fuzz_values       how it may fill the input: see data.py
    fill              argument -> (normal numbers, the inputs before it) -> its numbers, for
                      arguments that cannot be normal: a variance
    out_of_scope      (inputs, options) -> what a sample of PyTorch's asks for that ours does not
                      offer, "" if nothing: such a sample is counted as unsupported
    order             its place in tables and suites; operators without one come last, by name

    Where kernels or PyTorch are not called with the case's own arguments:

    kernel_arguments  (tensors, options) -> the tensors and options for the kernels
    saved             (inputs, options, exact, dtype) -> tensors that gradients read and that the
                      forward pass computes exactly: a maximum's indices
    returns           what the kernels' forward pass returns, by name and in order, where gradients
                      read it and it is rounded: they get what the kernels computed
    reference_arguments  (inputs, options) -> the arguments for PyTorch
    reference_function   the function below `torch` that gives the exact results, if not
                      `torch_function`: dropout's results are random
    followed_by       the functions below `torch`, with their options, that PyTorch's result goes
                      through in turn: for operators that fuse several of PyTorch's
    functional_only   options that nn.functional handles by itself, and PyTorch is not given
    validate          (inputs, results); raises ValueError where PyTorch's results are garbage
    gpu_results       (inputs and "grad_output", options, results) -> results that replace those of
                      PyTorch's CPU kernels, where its GPU kernels have others, or they are wrong
    prepare           called before our function: it seeds the random numbers of dropout
    recorded          (tensors, options) -> further outputs of the forward pass that are right on
                      the tape, to the bit: of functions that launch other kernels there

    Where it is, if not in nn.functional under its name:

    torch_function    PyTorch's function, below `torch`
    opinfo_name       its name among PyTorch's samples, NO_SAMPLES if it has none
    nn_function       our function, below `nn`
    """

    name: str
    kernels: Any
    parameters: tuple[str, ...]
    differentiable: tuple[str, ...]
    integers: Callable[[ReferenceCall, int], Arrays]
    fuzz: Callable[[np.random.Generator], Drawn]
    bounds: Numbers = defaults.all_exact
    intermediates: Numbers = defaults.no_intermediates
    rounding: Mapping[str, Rounding] = field(default_factory=dict)
    extra_nan: Callable[[str, Arrays, np.ndarray, Options], Arrays] = defaults.none
    constants: tuple[str, ...] = ()
    integral: tuple[str, ...] = ()
    results: tuple[str, ...] = ("forward",)
    updates: tuple[str, ...] = ()
    fuzz_weight: int = 1
    fuzz_values: tuple[str, ...] = ("normal",)
    fill: Mapping[str, Callable[[np.ndarray, Arrays], np.ndarray]] = field(default_factory=dict)
    out_of_scope: Callable[[Arrays, Options], str] = defaults.always_in_scope
    order: int = 1000
    kernel_arguments: Callable[[Tensors, Options], tuple[Tensors, Options]] = defaults.unchanged
    saved: Callable[[Arrays, Options, Arrays, str], Arrays] = defaults.nothing_saved
    returns: tuple[str, ...] = ()
    reference_arguments: Callable[[Arrays, Options], tuple[Arrays, Options]] = defaults.unchanged
    reference_function: str = ""
    followed_by: tuple[tuple[str, Options], ...] = ()
    functional_only: tuple[str, ...] = ()
    validate: Callable[[Arrays, Arrays], None] = defaults.always_valid
    gpu_results: Callable[[Arrays, Options, Arrays], Arrays] = defaults.as_on_cpu
    prepare: Callable[[], None] = defaults.nothing
    recorded: Callable[[Tensors, Options], Iterable[Array]] = defaults.as_kernels
    torch_function: str = ""
    opinfo_name: str = ""
    nn_function: str = ""

    def __post_init__(self) -> None:
        names = {
            "torch_function": f"nn.functional.{self.name}",
            "opinfo_name": f"nn.functional.{self.name}",
            "nn_function": f"functional.{self.name}",
        }
        for name, default in names.items():
            if not getattr(self, name):
                object.__setattr__(self, name, default)

    @cached_property
    def directions(self) -> tuple[Direction, ...]:
        """What the kernels compute."""
        return directions(self.kernels, (*self.results[1:], *self.updates))

    def run(
        self,
        direction: Direction,
        tensors: Tensors,
        options: Options,
        algorithm: str,
        outs: Tensors,
    ) -> None:
        """Run one direction on a case's tensors and options; it writes its results to `outs`."""
        tensors, options = self.kernel_arguments(tensors, options)
        for name in self.updates:
            if name in outs:
                outs[name][...] = tensors[name]  # it is updated where it lies
        if direction.needs and direction.reads & set(self.returns) - tensors.keys():
            tensors = {**tensors, **self._returned(tensors, options)}
        direction.run(tensors, options, algorithm, outs)

    def _returned(self, tensors: Tensors, options: Options) -> Tensors:
        """Return what the kernels' forward pass returns, by name, and leave the inputs alone."""
        copies = {name: tensors[name].copy() for name in self.updates if name in tensors}
        forward = next(each for each in self.directions if each.name == "forward")
        returned = forward.run({**tensors, **copies}, options, None, {})
        returned = returned if isinstance(returned, tuple) else (returned,)
        return dict(zip(self.returns, returned, strict=True))

    @property
    def tensors(self) -> tuple[str, ...]:
        """The arguments that are tensors."""
        return self.differentiable + self.constants

    def wants_gradient(self, name: str, array: Array) -> bool:
        """Return whether the argument `name`, given as `array`, has a gradient."""
        return name in self.differentiable and is_floating(array.dtype)

    def reference_options(self, options: Options) -> dict[str, Any]:
        """Return the options without those that only nn.functional handles."""
        return {name: value for name, value in options.items() if name not in self.functional_only}
