"""The machine code of the signal handler: what a numba function cannot do itself.

It asks a function, the scheduler's (scheduler/rescue.py), what a signal means, and does as that
says: go on, which may be elsewhere than before; pass the signal on to whom it went before, after a
last word where the process will die of it; or run Python's own signal handlers, as the interpreter
does between two bytecodes. That is possible where a kernel's own code was interrupted, since that
holds no lock, nor the interpreter's.
"""

import ctypes
from collections.abc import Callable

import llvmlite.binding as llvm

from . import layout, process_record

_libc = ctypes.CDLL(None)
_engines: list = []  # keep the machine code alive

_CLOBBERS = ",".join(
    f"~{{{register}}}"
    for register in (
        *("rcx", "rdx", "r8", "r9", "r10", "r11", "r12"),
        *(f"xmm{n}" for n in range(32)),
        *(f"k{n}" for n in range(8)),
        *("memory", "dirflag", "fpsr", "flags"),
    )
)

# At `python`, the handlers run on the scheduler's stack: a fiber's is small, and Python measures
# the depth of its own. Then `decide` is asked again if one has raised.
#
# At `pass`, the signal goes to whoever had it before, the first time; if it comes here again, the
# process dies. A fault comes again of itself, since its instruction does. One that was sent, by
# raise() or another process, is raised again.
_CODE = """
define void @handler(i32 %signal, ptr %info, ptr %context) {{
  %verdict = alloca i64
  %arguments = alloca [5 x i64]
  %number = zext i32 %signal to i64
  %a0 = getelementptr i64, ptr %arguments, i64 0
  store i64 %number, ptr %a0
  %a1 = getelementptr i64, ptr %arguments, i64 1
  store ptr %info, ptr %a1
  %a2 = getelementptr i64, ptr %arguments, i64 2
  store ptr %context, ptr %a2
  %a3 = getelementptr i64, ptr %arguments, i64 3
  store i64 {process}, ptr %a3
  %a4 = getelementptr i64, ptr %arguments, i64 4
  store ptr %verdict, ptr %a4
  %stack.slot = getelementptr i64, ptr %context, i64 {RSP}
  %stack = load i64, ptr %stack.slot
  %base = and i64 %stack, {mask}
  %worker = inttoptr i64 %base to ptr
  br label %decide
decide:
  call i32 inttoptr (i64 {decide} to ptr)(ptr %arguments)
  %decision = load i64, ptr %verdict
  switch i64 %decision, label %done [ i64 1, label %python  i64 2, label %pass  i64 3, label %die ]
python:
  %scheduler.slot = getelementptr i64, ptr %worker, i64 {SCHEDULER_STACK}
  %scheduler = load i64, ptr %scheduler.slot
  %aligned = and i64 %scheduler, -16
  %called = call {{i64, i64, i64}} asm sideeffect
    "movq %rsp, %r12\\0Amovq %rsi, %rsp\\0Acallq *%rax\\0Amovq %r12, %rsp",
    "={{rax}},={{rdi}},={{rsi}},0,1,2,{clobbers}"(
    ptr @run_python_handlers, ptr %worker, i64 %aligned)
  %raised = extractvalue {{i64, i64, i64}} %called, 0
  %none = icmp eq i64 %raised, 0
  br i1 %none, label %done, label %decide
die:
  %text.slot = getelementptr i64, ptr %worker, i64 {LAST_WORDS}
  %text = load ptr, ptr %text.slot
  %size.slot = getelementptr i64, ptr %text.slot, i64 1
  %size = load i64, ptr %size.slot
  call i64 inttoptr (i64 {write} to ptr)(i32 2, ptr %text, i64 %size)
  br label %pass
pass:
  %before = load i64, ptr @passed
  %again = add i64 %before, 1
  store i64 %again, ptr @passed
  %first = icmp eq i64 %before, 0
  %offset = mul i32 %signal, {action_bytes}
  %own = getelementptr i8, ptr inttoptr (i64 {actions} to ptr), i32 %offset
  %action = select i1 %first, ptr %own, ptr inttoptr (i64 {default} to ptr)
  call i32 inttoptr (i64 {sigaction} to ptr)(i32 %signal, ptr %action, ptr null)
  %code.slot = getelementptr i8, ptr %info, i64 8
  %code = load i32, ptr %code.slot
  %sent = icmp sle i32 %code, 0
  br i1 %sent, label %again.send, label %done
again.send:
  call i32 inttoptr (i64 {raise_} to ptr)(i32 %signal)
  br label %done
done:
  ret void
}}

define i64 @run_python_handlers(ptr %worker) {{
  %state = call i32 inttoptr (i64 {PyGILState_Ensure} to ptr)()
  %failed = call i32 inttoptr (i64 {PyErr_CheckSignals} to ptr)()
  %raised = icmp ne i32 %failed, 0
  br i1 %raised, label %keep, label %done
keep:
  %type = getelementptr i64, ptr %worker, i64 {RAISED}
  %value = getelementptr i64, ptr %type, i64 1
  %traceback = getelementptr i64, ptr %type, i64 2
  call void inttoptr (i64 {PyErr_Fetch} to ptr)(ptr %type, ptr %value, ptr %traceback)
  br label %done
done:
  call void inttoptr (i64 {PyGILState_Release} to ptr)(i32 %state)
  %result = sext i32 %failed to i64
  ret i64 %result
}}

@passed = internal global i64 0
"""


def _address(function: Callable) -> int:
    return ctypes.cast(function, ctypes.c_void_p).value


def compile_handler(decide: int, previous: ctypes.Array, default: ctypes.Structure) -> int:
    """Return the address of a handler that asks the function at address `decide`.

    `previous` has the C library's struct sigaction of each signal as it was installed before, by
    number, and `default` is that of a signal that nobody handles.
    """
    python = ("PyGILState_Ensure", "PyGILState_Release", "PyErr_CheckSignals", "PyErr_Fetch")
    text = _CODE.format(
        decide=decide,
        process=process_record.ADDRESS,
        mask=-layout.ARENA,
        RSP=layout.RSP,
        SCHEDULER_STACK=layout.SCHEDULER_STACK,
        LAST_WORDS=layout.LAST_WORDS,
        RAISED=layout.RAISED,
        clobbers=_CLOBBERS,
        actions=ctypes.addressof(previous),
        action_bytes=ctypes.sizeof(default),
        default=ctypes.addressof(default),
        write=_address(_libc.write),
        sigaction=_address(_libc.sigaction),
        raise_=_address(_libc["raise"]),
        **{name: _address(getattr(ctypes.pythonapi, name)) for name in python},
    )
    module = llvm.parse_assembly(text)
    module.verify()
    target_machine = llvm.Target.from_default_triple().create_target_machine()
    engine = llvm.create_mcjit_compiler(module, target_machine)
    engine.finalize_object()
    _engines.append(engine)
    return engine.get_function_address("handler")
