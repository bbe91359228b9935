"""PyTorch's own samples for our operators, all of them, and the inputs it says must be refused.

Each sample is a case, once as it comes and once as its non-contiguous twin, in its own dtype or,
where it asks for the result in another, in that: its arrays `arrive` in their own.
"""

from collections.abc import Iterator

from crosscheck.parity import samples
from crosscheck.parity.case import DTYPES, Case
from crosscheck.parity.operators import OPERATORS
from crosscheck.parity.samples import Sample


def cases(op: str | None = None, **options: object) -> Iterator[Case]:
    """Yield every sample of `op`, or of all operators, in both dtypes and both layouts."""
    for name in OPERATORS if op is None else (op,):
        for dtype in DTYPES:
            for number, (packed, strided) in enumerate(samples.samples(name, dtype)):
                yield _case(name, f"{dtype}-{number:04}", dtype, packed)
                yield _case(name, f"{dtype}-{number:04}-noncontiguous", dtype, strided)
        for number, (sample, message) in enumerate(samples.errors(name)):
            dtype = sample.inputs["input"].dtype.name
            yield _case(name, f"error-{number:02}", dtype, sample, rejects=message)


def _case(op: str, name: str, dtype: str, sample: Sample, rejects: str = "") -> Case:
    outside = OPERATORS[op].outside(sample.inputs, sample.options)
    wanted = dtype if outside or rejects else str(sample.options.get("dtype", dtype))
    return Case(
        op,
        "opinfo",
        name,
        f"PyTorch refuses it: {rejects}" if rejects else "a sample that PyTorch tests itself with",
        sample.inputs,
        sample.options,
        layout="given",
        dtypes=(wanted,),
        arrives="" if wanted == dtype else dtype,
        rejects=rejects,
        outside=outside,
        data="opinfo",
    )
