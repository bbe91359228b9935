"""All of PyTorch's own samples for our operators, and the inputs that PyTorch must refuse.

Each sample is two cases: as it comes, and non-contiguous. A sample whose option `dtype` asks for
another dtype is a case of that dtype; its `given_dtype` is the sample's own.
"""

from collections.abc import Iterator

from crosscheck.parity import samples
from crosscheck.parity.case import ALL_DTYPES, Case
from crosscheck.parity.operators import OPERATORS
from crosscheck.parity.samples import Sample


def cases(op: str | None = None, **options: object) -> Iterator[Case]:
    """Yield every sample of `op`, or of all operators, in every dtype and both layouts."""
    for name in OPERATORS if op is None else (op,):
        for dtype in ALL_DTYPES:
            for number, (packed, strided) in enumerate(samples.samples(name, dtype)):
                yield _case(name, f"{dtype}-{number:04}", dtype, packed)
                yield _case(name, f"{dtype}-{number:04}-noncontiguous", dtype, strided)
        for number, (sample, message) in enumerate(samples.errors(name)):
            for first in list(sample.inputs.values())[:1]:  # one of pow's has no tensor at all
                dtype = first.dtype.name
                yield _case(name, f"error-{number:02}", dtype, sample, rejects=message)


def _case(op: str, name: str, dtype: str, sample: Sample, rejects: str = "") -> Case:
    out_of_scope = OPERATORS[op].out_of_scope(sample.inputs, sample.options)
    computed = dtype if out_of_scope or rejects else str(sample.options.get("dtype", dtype))
    return Case(
        op,
        "opinfo",
        name,
        f"PyTorch refuses it: {rejects}" if rejects else "a sample that PyTorch tests itself with",
        sample.inputs,
        sample.options,
        layout="given",
        dtypes=(computed,),
        given_dtype="" if computed == dtype else dtype,
        rejects=rejects,
        out_of_scope=out_of_scope,
        data_name="opinfo",
    )
