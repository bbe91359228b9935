"""Instructions that a warp executes together: mma.sync and ldmatrix.

Each lane puts its words where its warp can see them, in the warp's scratch, and waits for all 32
lanes. The lane that resumes first computes the results of all, then each takes its own. So the
results are computed once, and a warp waits once: no lane can come to its next such instruction and
overwrite words, or results that another has yet to take.

The scratch lies outside of shared memory (machine/layout.py): planes of a 32-bit word per lane, the
inputs first, then the results. Where lanes are missing, the results are undefined on a GPU. Here
all their bits are set, NaN or -1, so it shows.
"""

from collections.abc import Callable

from llvmlite import ir
from numba.core import cgutils
from numba.core.ir import Loc

from ...functions import traits
from ...machine import context, layout
from ..threads.lanes import ALL_LANES
from ..threads.waiting import load_thread_word, store_thread_word, wait_at

I16 = ir.IntType(16)
PLANE = 4 * layout.WARP_SIZE  # bytes: a word of each lane
INPUTS = 10  # planes
RESULTS = INPUTS * PLANE  # where the results begin
MOST_RESULTS = 4  # planes

Compute = Callable[[ir.IRBuilder, ir.Value, ir.Value], None]


def _scratch(builder: ir.IRBuilder) -> tuple[ir.Value, ir.Value, ir.Value]:
    """Return the warp's first thread record, its scratch and the number of this lane."""
    worker = builder.ptrtoint(context.worker(builder), context.I64)
    records = builder.add(worker, context.I64(layout.THREADS_OFFSET))
    thread = builder.ptrtoint(context.thread(builder), context.I64)
    number = builder.udiv(builder.sub(thread, records), context.I64(layout.THREAD_BYTES))
    warp = builder.udiv(number, context.I64(layout.WARP_SIZE))
    record = builder.mul(warp, context.I64(layout.WARP_SIZE * layout.THREAD_BYTES))
    scratch = builder.add(worker, context.I64(layout.WARP_SCRATCH_OFFSET))
    scratch = builder.add(scratch, builder.mul(warp, context.I64(layout.WARP_SCRATCH_BYTES)))
    return (
        builder.inttoptr(builder.add(records, record), context.PTR),
        builder.inttoptr(scratch, context.PTR),
        builder.urem(number, context.I64(layout.WARP_SIZE)),
    )


def at(builder: ir.IRBuilder, scratch: ir.Value, offset: int, index: ir.Value, size: int):
    """Return the address of item `index`, of this size, in what begins at `offset` bytes."""
    base = builder.gep(scratch, [context.I64(offset)], source_etype=context.I8)
    return builder.gep(base, [index], source_etype=ir.IntType(8 * size))


def execute(
    builder: ir.IRBuilder, name: str, loc: Loc | None, inputs: list, results: int, compute: Compute
) -> list[ir.Value]:
    """Emit an instruction of the warp; return this lane's results, each an i32.

    `inputs` are the lane's values, all of one size. `compute(builder, worker, scratch)` emits what
    computes the results; it goes into a function, one for each `name`.
    """
    first, scratch, lane = _scratch(builder)
    size = inputs[0].type.width // 8
    for number, value in enumerate(inputs):
        place = at(builder, scratch, number * size * layout.WARP_SIZE, lane, size)
        builder.store(value, place)
    site = traits.current().site(name, loc)
    # With its place above the lanes: lanes at other instructions never make up the warp.
    store_thread_word(builder, layout.MASK, context.I64(site << layout.WARP_SIZE | ALL_LANES))
    store_thread_word(builder, layout.VALUE, context.I64(1))
    wait_at(builder, layout.AT_EXCHANGE, site)
    is_first = builder.icmp_unsigned(
        "!=", load_thread_word(builder, layout.PUBLISHED), context.I64(0)
    )
    with builder.if_then(is_first, likely=False):
        builder.call(_function(builder.module, name, compute), [first, scratch])
    return [
        builder.load(at(builder, scratch, RESULTS + n * PLANE, lane, 4), typ=context.I32)
        for n in range(results)
    ]


def _function(module: ir.Module, name: str, compute: Compute) -> ir.Function:
    """Return the module's function that computes a warp's results, and notes that they are."""
    symbol = f"{__package__}.{name}"
    found = module.globals.get(symbol)
    if found:
        return found
    kind = ir.FunctionType(ir.VoidType(), [context.PTR, context.PTR])
    function = ir.Function(module, kind, symbol)
    function.linkage = "linkonce_odr"  # each device function's module has it
    function.attributes.add("noinline")
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    first, scratch = function.args
    lanes = context.load_word(builder, first, layout.PARTICIPANTS)
    with builder.if_else(builder.icmp_unsigned("==", lanes, context.I64(ALL_LANES))) as (
        all_,
        some,
    ):
        with all_:
            compute(builder, context.worker(builder), scratch)
        with some:
            undefined = builder.gep(scratch, [context.I64(RESULTS)], source_etype=context.I8)
            cgutils.memset(builder, undefined, context.I64(MOST_RESULTS * PLANE), layout.POISON)
    words = layout.THREAD_BYTES // 8
    with cgutils.for_range(builder, context.I64(layout.WARP_SIZE)) as lane:
        record = builder.gep(
            first, [builder.mul(lane.index, context.I64(words))], source_etype=context.I64
        )
        context.store_word(builder, record, layout.PUBLISHED, context.I64(0))
    builder.ret_void()
    return function
