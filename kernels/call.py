"""Calls of a direction with arguments of the same kinds: checked once, then only run.

Whether the arguments fit together, what the plan says, the algorithm, the outputs' sizes and the
views that kernels want: all follow from the kinds of the arguments (kinds.py), that is from shapes,
strides, dtypes and options. A `Call` keeps them. To run it asks only for what it cannot know:
whether an array may be written, and what the values in arrays are where the plan checks them.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from crosscheck.kernels import arguments, precision, tuned
from crosscheck.kernels.algorithm import choose, predictions
from crosscheck.kernels.arrays import Array, Facts, empty_of, facts, is_in_order, place
from crosscheck.kernels.kinds import Kinds
from crosscheck.kernels.schedule import for_a_kind
from crosscheck.kernels.views import Views
from crosscheck.kernels.waves import Predicted


def _itself(value: Any) -> Any:
    return value


# Options count with their values. One of a type that is not here has no kind: its calls are checked
# each time.
KINDS = Kinds(
    {
        bool: lambda value: (bool, value),
        float: lambda value: (float, value.hex()),
        str: _itself,
        type(None): _itself,
        list: lambda value: (list, *KINDS.of(value)),
    }
)


class Call:
    """A call with arguments of one kind.

    operator, direction   of operator.py
    algorithm             its name, or None for the one that was measured to be the fastest, else
                          for the one that `choose` takes
    outs                  the outputs, in order: arrays, or None for new ones
    values                the arguments, in order

    Its attribute `algorithm` is the name of the one that it runs. `Call.listeners` are told of each
    call that has run.
    """

    listeners: ClassVar[list[Callable[["Call"], None]]] = []

    def __init__(
        self,
        operator: Any,
        direction: Any,
        algorithm: str | None,
        outs: Sequence[Array | None],
        values: Sequence[Any],
    ) -> None:
        """Raise TypeError or ValueError unless the arguments are good, as Operator.run says."""
        self.op = operator.label(direction.name)
        self.operator, self.direction = operator.name, direction.name
        self._check(direction, values)
        every = operator.algorithms[direction.name]
        self._table = precision.permitted(every, operator.name, self._first.dtype)
        if algorithm is None:
            algorithm = self._fastest()
        table = self._table if algorithm is None else every
        problem = self.plan.problem
        asked = self.op, direction.name, table, problem, self._known, self.place, algorithm
        chosen = choose(*asked)
        self.algorithm, self._as_called = chosen.name, chosen.as_called
        in_float32 = self._first.dtype == np.float32
        self.computed_in = (
            self._first.dtype.name,
            chosen.float32_precision if in_float32 else precision.IEEE,
        )
        self._run, self._names = for_a_kind(chosen.run, problem), direction.parameters
        self._prepare(direction, outs)

    def _check(self, direction: Any, values: Sequence[Any]) -> None:
        """Check all that follows from the kinds of the arguments."""
        op, given = self.op, []
        self._positions: dict[str, int] = {}  # of the arrays
        self._known: dict[str, Facts] = {}  # of those that are not None
        for i, (name, value) in enumerate(zip(direction.parameters, values, strict=True)):
            if name in direction.arrays:
                self._positions[name] = i
                if value is not None or direction.defaults.get(name, ...) is not None:
                    known = facts(value) or arguments.no_array(op, name, type(value))
                    self._known[name], value = known, known.shape
            elif name == direction.size and value is not None:
                value = arguments.size(op, name, value)
            given.append(list(value) if type(value) is list else value)  # the plan may keep it
        self.plan = plan = direction.plan(op, *given)
        rest = plan.integers, plan.computed, plan.mixed
        self._first = arguments.alike(op, self._known, *rest)
        for name, size in plan.sizes.items():
            if name in self._known:
                arguments.shape(op, name, self._known[name], size)
        self.place = place(values[self._positions[next(iter(self._known))]])
        self._updated = [
            (name, self._positions[name]) for name in plan.updated if name in self._known
        ]
        self._checks = [(check, self._positions[name]) for name, check in plan.checks.items()]

    @property
    def tuning_key(self) -> tuned.Key:
        """What a measurement of this call is of."""
        device = tuned.device_name(self.place)
        problem = self.plan.problem
        return tuned.Key.of(device, self.operator, self.direction, problem, self._known)

    def predictions(self) -> Mapping[str, Predicted]:
        """Return what a GPU is predicted to take with each algorithm, the best first.

        For NumPy's arrays it is an H200.
        """
        asked = self.plan.problem, self._known, self.place
        able = (each for each in self._table.values() if not each.refusal(*asked))
        return predictions(able, *asked)

    def _fastest(self) -> str | None:
        """Return the permitted algorithm that `kernels.tune` found to be the fastest, or None."""
        found = tuned.known() and tuned.known().get(self.tuning_key)
        if not found:
            return None
        seconds = {name: each for name, each in found.seconds.items() if name in self._table}
        fastest = min(seconds, key=seconds.__getitem__, default=None)
        asked = self.plan.problem, self._known, self.place
        refused = fastest and self._table[fastest].refusal(*asked)
        return None if refused else fastest

    def _prepare(self, direction: Any, outs: Sequence[Array | None]) -> None:
        """Check the outputs that are given, and note what each run makes and how kernels see it."""
        plan, first = self.plan, self._first
        self._outputs, self._folded = [], []
        for name, out, output in zip(direction.outs, outs, plan.outputs, strict=True):
            size, dtype = output.size, output.dtype_beside(first.dtype, out)
            if out is not None:
                arguments.output(self.op, name, out, size, dtype, first.device)
            strides = output.strides(self._known)
            strides = None if strides is None or is_in_order(strides) else strides
            self._outputs.append((name, size, dtype, strides))
            self._folded.append(plan.views.get(name, size))
        sizes = [tuple(output.size) for output in plan.outputs]
        self._has_views = [tuple(shape) for shape in self._folded] != sizes
        self._is_empty = bool(sizes) and all(0 in size for size in sizes)

        self._arrays = []  # (position, the shape that kernels want if it has another)
        for name, i in self._positions.items():
            shape = plan.views.get(name) if name in self._known else None
            changes = shape is not None and tuple(shape) != tuple(self._known[name].shape)
            self._arrays.append((i, shape if changes else None))
        self._nothing = empty_of(first.library, (0,), first.dtype)

    def run(self, outs: Sequence[Array | None], values: Sequence[Any]) -> Any:
        """Compute with arguments of this kind, and return the output, or a tuple of several.

        Raises ValueError for an array that may not be written, and what the plan's checks raise.
        """
        for name, i in self._updated:
            arguments.writable(self.op, name, values[i])
        for check, i in self._checks:
            check(values[i])
        results = []
        for out, (name, size, dtype, strides) in zip(outs, self._outputs, strict=True):
            if out is None:
                out = empty_of(self._first.library, size, dtype, strides)
            else:
                arguments.writable(self.op, name, out)
            results.append(out)
        if self._as_called and not self._is_empty:
            named = zip(self._outputs, results, strict=True)
            outputs = {name: out for (name, *_), out in named}
            self._run(dict(zip(self._names, values, strict=True)), outputs)
        elif not self._is_empty:
            given = []
            for i, shape in self._arrays:
                array = self._nothing if values[i] is None else values[i]
                given.append(array if shape is None else array.reshape(shape))
            if self._has_views:
                folded = zip(results, self._folded, strict=True)
                views = [Views.folded(out, shape) for out, shape in folded]
                self._run(*given, *[each.out for each in views])
                for each in views:
                    each.finish()
            else:
                self._run(*given, *results)
        if Call.listeners:
            for listener in Call.listeners:
                listener(self)
        return results[0] if len(results) == 1 else tuple(results)
