"""Fibers: one stack per CUDA thread, and ten instructions to switch from one to another.

`switch` is inline assembly, emitted wherever control passes between a thread and the scheduler. It
pushes the address to resume at, saves the stack pointer, loads the other side's, and jumps to the
other side's address. There is no call and no return in it: the processor cannot predict a `ret` on
another stack, and with one a barrier took 50 ns instead of 5 (x86-64). Every register is declared
as clobbered, so the compiler saves exactly those in use.

A new fiber's stack holds one address, `_START`. The first resume jumps there and calls the fiber's
body, which calls the kernel's entry, block after block.
"""

import platform
from dataclasses import dataclass

import llvmlite.binding as llvm
from llvmlite import ir

from . import context, layout

# Symbols: LLVM has one table of them for the process.
_START, _BODY = f"{__package__}.fiber_start", f"{__package__}.fiber_body"


@dataclass(frozen=True)
class _Architecture:
    """What differs between processors.

    In `switch`, $0 is the address to save the stack pointer at, and $1 the other stack pointer.
    """

    switch: str
    constraints: str
    start: str  # calls the fiber's body on an aligned stack
    frame_words: int  # how many words a switch leaves on the stack
    resume_word: int  # which of them is the address to resume at


def _clobbers(*registers: str) -> str:
    return ",".join(f"~{{{register}}}" for register in registers)


# The frame pointer and, where a function realigns its stack, one more register cannot be clobbers:
# they are pushed. The 128 bytes below the stack pointer may be in use on x86-64 (the red zone).
_X86_64 = _Architecture(
    switch="""
        subq $$128, %rsp
        pushq %rbp
        pushq %rbx
        leaq 77f(%rip), %rax
        pushq %rax
        movq %rsp, (%rdi)
        movq %rsi, %rsp
        popq %rax
        jmpq *%rax
    77: popq %rbx
        popq %rbp
        addq $$128, %rsp""",
    constraints="={rdi},={rsi},0,1,"
    + _clobbers("rax", "rcx", "rdx", *(f"r{n}" for n in range(8, 16)))
    + ","
    + _clobbers(*(f"xmm{n}" for n in range(32)), *(f"k{n}" for n in range(8)))
    + ",~{memory},~{dirflag},~{fpsr},~{flags}",
    start="callq {body}\n ud2",
    frame_words=1,
    resume_word=0,
)
_AARCH64 = _Architecture(
    switch="""
        adr x9, 77f
        stp x29, x9, [sp, #-32]!
        str x19, [sp, #16]
        mov x9, sp
        str x9, [x0]
        mov sp, x1
        ldr x9, [sp, #8]
        br x9
    77: ldr x19, [sp, #16]
        ldp x29, x9, [sp], #32""",
    constraints="={x0},={x1},0,1,"
    + _clobbers(*(f"x{n}" for n in range(2, 31) if n not in (19, 29)))
    + ","
    + _clobbers(*(f"v{n}" for n in range(32)))
    + ",~{memory},~{cc}",
    start="bl {body}\n brk #1",
    frame_words=4,
    resume_word=1,
)
_ARCHITECTURES = {"x86_64": _X86_64, "aarch64": _AARCH64}

_engine = None  # keeps the machine code alive


def _this_architecture() -> _Architecture:
    name = platform.machine()
    if name not in _ARCHITECTURES:
        known = " or ".join(_ARCHITECTURES)
        raise RuntimeError(f"the CPU device runs on {known}; this machine is {name!r}")
    return _ARCHITECTURES[name]


def switch(builder: ir.IRBuilder, save: ir.Value, to: ir.Value) -> None:
    """Save this stack's pointer at address `save`, and resume the stack `to`."""
    architecture = _this_architecture()
    result = ir.LiteralStructType([context.PTR, context.PTR])
    function = ir.FunctionType(result, [context.PTR, context.PTR])
    assembly = context.HostAssembly(
        function, architecture.switch, architecture.constraints, side_effect=True
    )
    builder.call(assembly, [save, to])


def leave(builder: ir.IRBuilder, state: int) -> None:
    """Switch from a thread to its scheduler, in this state."""
    thread = context.thread(builder)
    context.store_word(builder, thread, layout.STATE, context.I64(state))
    scheduler = context.word_address(builder, context.worker(builder), layout.SCHEDULER_STACK)
    save = context.word_address(builder, thread, layout.STACK_POINTER)
    switch(builder, save, builder.load(scheduler, typ=context.PTR))


def resume(builder: ir.IRBuilder, worker: ir.Value, thread: ir.Value) -> None:
    """Switch from the scheduler to a thread."""
    context.store_word(builder, worker, layout.CURRENT_THREAD, thread)
    stack = builder.load(
        context.word_address(builder, thread, layout.STACK_POINTER), typ=context.PTR
    )
    switch(builder, context.word_address(builder, worker, layout.SCHEDULER_STACK), stack)


def prepare_stack(builder: ir.IRBuilder, thread: ir.Value, top: ir.Value) -> None:
    """Prepare a new stack that ends at `top`: its first resume enters the fiber's body."""
    architecture = _this_architecture()
    bottom = builder.sub(top, context.I64(8 * architecture.frame_words))
    stack = builder.inttoptr(bottom, context.PTR)
    start = context.declare(builder, _START, ir.VoidType(), [])
    builder.store(start, context.word_address(builder, stack, architecture.resume_word))
    context.store_word(builder, thread, layout.STACK_POINTER, stack)


_CODE = """
define void @{START}() naked {{
  call void asm sideeffect "{start}", ""()
  unreachable
}}

define void @{BODY}() {{
  %frame = call ptr @llvm.frameaddress.p0(i32 0)
  %address = ptrtoint ptr %frame to i64
  %base = and i64 %address, {mask}
  %worker = inttoptr i64 %base to ptr
  %entry.slot = getelementptr i64, ptr %worker, i64 {ENTRY}
  %arguments.slot = getelementptr i64, ptr %worker, i64 {ARGUMENTS}
  %status.slot = getelementptr i64, ptr %worker, i64 {STATUS}
  %scheduler.slot = getelementptr i64, ptr %worker, i64 {SCHEDULER_STACK}
  %current.slot = getelementptr i64, ptr %worker, i64 {CURRENT_THREAD}
  br label %block
block:
  %entry = load ptr, ptr %entry.slot
  %arguments = load ptr, ptr %arguments.slot
  %code = call i32 %entry(ptr %arguments)
  %failed = icmp ne i32 %code, 0
  br i1 %failed, label %failure, label %done
failure:
  %status = sext i32 %code to i64
  store i64 %status, ptr %status.slot
  br label %done
done:
  %end = phi i64 [ {FINISHED}, %block ], [ {FAILED}, %failure ]
  %thread = load ptr, ptr %current.slot
  %state = getelementptr i64, ptr %thread, i64 {STATE}
  store i64 %end, ptr %state
  %save = getelementptr i64, ptr %thread, i64 {STACK_POINTER}
  %scheduler = load ptr, ptr %scheduler.slot
  call {{ptr, ptr}} asm sideeffect "{switch}", "{constraints}"(ptr %save, ptr %scheduler)
  br label %block
}}

declare ptr @llvm.frameaddress.p0(i32)
"""


def install() -> None:
    """Compile the fiber's body and register its start as a symbol of LLVM's, once per process."""
    global _engine
    if _engine is not None:
        return
    architecture = _this_architecture()
    words = {name: value for name, value in vars(layout).items() if isinstance(value, int)}
    assembly = {"start": architecture.start.format(body=_BODY), "switch": architecture.switch}
    text = _CODE.format(
        **words,
        **{name: lines.replace("\n", r"\0A") for name, lines in assembly.items()},
        constraints=architecture.constraints,
        START=_START,
        BODY=_BODY,
        mask=-layout.ARENA,
    )
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    llvm.initialize_native_asmparser()  # for inline assembly
    module = llvm.parse_assembly(text)
    module.verify()
    target_machine = llvm.Target.from_default_triple().create_target_machine()
    engine = llvm.create_mcjit_compiler(module, target_machine)
    engine.finalize_object()
    llvm.add_symbol(_START, engine.get_function_address(_START))
    _engine = engine
