"""Calls of a direction with arguments of the same kinds: checked once, then only run.

Whether the arguments fit together, what the plan says, the algorithm, the outputs' sizes and the
views that kernels want: all follow from the kinds of the arguments (kinds.py), that is from shapes,
strides, dtypes and options. A `Call` keeps them. To run it asks only for what it cannot know:
whether an array may be written, and what the values in arrays are where the plan checks them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from crosscheck.kernels import arguments
from crosscheck.kernels.algorithm import Algorithm, choose
from crosscheck.kernels.arrays import Array, empty_of, facts, is_in_order
from crosscheck.kernels.kinds import Kinds
from crosscheck.kernels.views import Views


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
    """A call of `direction` (operator.Direction) with arguments of one kind.

    op      what messages call the direction
    table   its algorithms by name
    outs    the outputs, in order: arrays, or None for new ones
    values  the arguments, in order
    """

    def __init__(
        self,
        op: str,
        direction: Any,
        table: Mapping[str, Algorithm],
        algorithm: str | None,
        outs: Sequence[Array | None],
        values: Sequence[Any],
    ) -> None:
        """Raise TypeError or ValueError unless the arguments are good, as Operator.run says."""
        self._op = op
        known, positions, given = {}, {}, []
        for i, (name, value) in enumerate(zip(direction.parameters, values, strict=True)):
            if name in direction.arrays:
                positions[name] = i
                if value is not None or direction.defaults.get(name, ...) is not None:
                    known[name] = facts(value) or arguments.no_array(op, name, type(value))
                    value = known[name].shape
            elif name == direction.size and value is not None:
                value = arguments.size(op, name, value)
            given.append(list(value) if type(value) is list else value)  # the plan may keep it
        plan = direction.plan(op, *given)
        first = arguments.alike(op, known, plan.integers)
        for name, size in plan.sizes.items():
            if name in known:
                arguments.shape(op, name, known[name], size)
        self._updated = [(name, positions[name]) for name in plan.updated if name in known]
        self._checks = [(check, positions[name]) for name, check in plan.checks.items()]

        self._problem = plan.problem
        name = direction.name
        self._run = choose(op, name, table, plan.problem, first.device, algorithm).run

        self._library, self._outputs, self._folded = first.library, [], []
        for name, out, (size, dtype, like) in zip(direction.outs, outs, plan.outputs, strict=True):
            dtype = dtype or first.dtype
            if out is not None:
                arguments.output(op, name, out, size, dtype, first.device)
            ordered = not like or is_in_order(known[like].strides)
            self._outputs.append((name, size, dtype, None if ordered else known[like].strides))
            self._folded.append(plan.views.get(name, size))
        sizes = [tuple(output.size) for output in plan.outputs]
        self._has_views = [tuple(shape) for shape in self._folded] != sizes
        self._is_empty = bool(sizes) and all(0 in size for size in sizes)

        self._arrays = []  # (position, the shape that kernels want if it has another)
        for name, i in positions.items():
            shape = plan.views.get(name) if name in known else None
            changes = shape is not None and tuple(shape) != tuple(known[name].shape)
            self._arrays.append((i, shape if changes else None))
        self._nothing = empty_of(first.library, (0,), first.dtype)

    def run(self, outs: Sequence[Array | None], values: Sequence[Any]) -> Any:
        """Compute with arguments of this kind, and return the output, or a tuple of several.

        Raises ValueError for an array that may not be written, and what the plan's checks raise.
        """
        for name, i in self._updated:
            arguments.writable(self._op, name, values[i])
        for check, i in self._checks:
            check(values[i])
        results = []
        for out, (name, size, dtype, strides) in zip(outs, self._outputs, strict=True):
            if out is None:
                out = empty_of(self._library, size, dtype, strides)
            else:
                arguments.writable(self._op, name, out)
            results.append(out)
        if not self._is_empty:
            given = []
            for i, shape in self._arrays:
                array = self._nothing if values[i] is None else values[i]
                given.append(array if shape is None else array.reshape(shape))
            if self._has_views:
                folded = zip(results, self._folded, strict=True)
                views = [Views.folded(out, shape) for out, shape in folded]
                self._run(self._problem, *given, *[each.out for each in views])
                for each in views:
                    each.finish()
            else:
                self._run(self._problem, *given, *results)
        return results[0] if len(results) == 1 else tuple(results)
