"""Fibers: one stack per CUDA thread, and a dozen instructions to go from one to the next.

Four functions, registered with LLVM under fixed names so that compiled kernels, also those loaded
from disk, find them:

    crosscheck_resume(thread)    scheduler -> thread, returns when it waits or has finished
    crosscheck_barrier()         thread -> scheduler: __syncthreads
    crosscheck_prepare(thread, top)  lay out a new stack, so that the first resume enters the fiber
    crosscheck_start             where that first resume lands: runs the entry, block after block

A switch saves the registers that the platform's C convention makes the callee keep, swaps the
stack pointer, and returns on the other side. What the fiber had in any other register is the
compiler's business: to it, the switch is a call.
"""

import platform

import llvmlite.binding as llvm

from kernels.cpu import record

# Per machine: the switch itself, the instructions between it and the fiber's body, how many words
# it saves and which of them holds the return address.
_X86_64 = {
    "switch": r"pushq %rbp\0Apushq %rbx\0Apushq %r12\0Apushq %r13\0Apushq %r14\0Apushq %r15\0A"
    r"movq %rsp, (%rdi)\0Amovq %rsi, %rsp\0A"
    r"popq %r15\0Apopq %r14\0Apopq %r13\0Apopq %r12\0Apopq %rbx\0Apopq %rbp\0Aretq",
    "start": r"callq crosscheck_fiber\0Aud2",
    "saved": 7,
    "return_word": 6,
}
_AARCH64 = {
    "switch": r"stp x29, x30, [sp, #-160]!\0Astp x19, x20, [sp, #16]\0Astp x21, x22, [sp, #32]\0A"
    r"stp x23, x24, [sp, #48]\0Astp x25, x26, [sp, #64]\0Astp x27, x28, [sp, #80]\0A"
    r"stp d8, d9, [sp, #96]\0Astp d10, d11, [sp, #112]\0Astp d12, d13, [sp, #128]\0A"
    r"stp d14, d15, [sp, #144]\0Amov x9, sp\0Astr x9, [x0]\0Amov sp, x1\0A"
    r"ldp d14, d15, [sp, #144]\0Aldp d12, d13, [sp, #128]\0Aldp d10, d11, [sp, #112]\0A"
    r"ldp d8, d9, [sp, #96]\0Aldp x27, x28, [sp, #80]\0Aldp x25, x26, [sp, #64]\0A"
    r"ldp x23, x24, [sp, #48]\0Aldp x21, x22, [sp, #32]\0Aldp x19, x20, [sp, #16]\0A"
    r"ldp x29, x30, [sp], #160\0Aret",
    "start": r"bl crosscheck_fiber\0Abrk #1",
    "saved": 20,
    "return_word": 1,
}
_MACHINES = {"x86_64": _X86_64, "aarch64": _AARCH64, "AMD64": _X86_64, "arm64": _AARCH64}

_IR = r"""
declare ptr @llvm.frameaddress.p0(i32)

define void @switch(ptr %save, ptr %to) naked noinline {{
  call void asm sideeffect "{switch}", ""()
  unreachable
}}

define void @crosscheck_start() naked noinline {{
  call void asm sideeffect "{start}", ""()
  unreachable
}}

define internal ptr @worker() alwaysinline {{
  %frame = call ptr @llvm.frameaddress.p0(i32 0)
  %address = ptrtoint ptr %frame to i64
  %base = and i64 %address, {mask}
  %worker = inttoptr i64 %base to ptr
  ret ptr %worker
}}

define internal void @leave(ptr %worker, i64 %state) alwaysinline {{
  %scheduler.slot = getelementptr i64, ptr %worker, i64 {SCHEDULER}
  %scheduler = load ptr, ptr %scheduler.slot
  %current.slot = getelementptr i64, ptr %worker, i64 {CURRENT}
  %thread = load ptr, ptr %current.slot
  %state.slot = getelementptr i64, ptr %thread, i64 {STATE}
  store i64 %state, ptr %state.slot
  %save = getelementptr i64, ptr %thread, i64 {STACK_POINTER}
  call void @switch(ptr %save, ptr %scheduler)
  ret void
}}

define void @crosscheck_fiber() noinline {{
  br label %block
block:
  %worker = call ptr @worker()
  %entry.slot = getelementptr i64, ptr %worker, i64 {ENTRY}
  %entry = load ptr, ptr %entry.slot
  %arguments.slot = getelementptr i64, ptr %worker, i64 {ARGUMENTS}
  %arguments = load ptr, ptr %arguments.slot
  %code = call i32 %entry(ptr %arguments)
  %failed = icmp ne i32 %code, 0
  br i1 %failed, label %failure, label %done
failure:
  %status.slot = getelementptr i64, ptr %worker, i64 {STATUS}
  %status = sext i32 %code to i64
  store i64 %status, ptr %status.slot
  br label %done
done:
  call void @leave(ptr %worker, i64 {FINISHED})
  br label %block
}}

define void @crosscheck_barrier() noinline {{
  %worker = call ptr @worker()
  call void @leave(ptr %worker, i64 {WAITING})
  ret void
}}

define void @crosscheck_resume(ptr %worker, ptr %thread) noinline {{
  %current.slot = getelementptr i64, ptr %worker, i64 {CURRENT}
  store ptr %thread, ptr %current.slot
  %save = getelementptr i64, ptr %worker, i64 {SCHEDULER}
  %to.slot = getelementptr i64, ptr %thread, i64 {STACK_POINTER}
  %to = load ptr, ptr %to.slot
  call void @switch(ptr %save, ptr %to)
  ret void
}}

define void @crosscheck_prepare(ptr %thread, i64 %top) noinline {{
  %bottom = sub i64 %top, {frame_bytes}
  %stack = inttoptr i64 %bottom to ptr
  call void @llvm.memset.p0.i64(ptr %stack, i8 0, i64 {frame_bytes}, i1 false)
  %return.slot = getelementptr i64, ptr %stack, i64 {return_word}
  store ptr @crosscheck_start, ptr %return.slot
  %save = getelementptr i64, ptr %thread, i64 {STACK_POINTER}
  store ptr %stack, ptr %save
  ret void
}}

declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)
"""

_FUNCTIONS = ("crosscheck_barrier", "crosscheck_resume", "crosscheck_prepare")
_engine = None  # keeps the machine code alive


def supported() -> bool:
    """Say whether this machine's registers are known here."""
    return platform.machine() in _MACHINES


def ir(machine: str) -> str:
    """Return the LLVM IR of the four functions for one machine. Raises RuntimeError for another."""
    if machine not in _MACHINES:
        known = ", ".join(sorted(_MACHINES))
        raise RuntimeError(f"the CPU device runs on {known}; this machine is {machine!r}")
    parts = _MACHINES[machine]
    words = {k: v for k, v in vars(record).items() if isinstance(v, int)}
    return _IR.format(
        **words,
        mask=~(record.ARENA - 1),
        switch=parts["switch"],
        start=parts["start"],
        return_word=parts["return_word"],
        frame_bytes=8 * parts["saved"],
    )


def install() -> None:
    """Compile the four functions and register their names with LLVM, once per process."""
    global _engine
    if _engine is not None:
        return
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    llvm.initialize_native_asmparser()  # the switch is inline assembly
    module = llvm.parse_assembly(ir(platform.machine()))
    module.verify()
    machine = llvm.Target.from_default_triple().create_target_machine()
    engine = llvm.create_mcjit_compiler(module, machine)
    engine.finalize_object()
    for name in _FUNCTIONS:
        llvm.add_symbol(name, engine.get_function_address(name))
    _engine = engine
