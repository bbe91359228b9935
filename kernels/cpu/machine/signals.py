"""Installs the handler of signals that concern a running kernel, and sends them.

The handler asks a function, which the scheduler has (scheduler/rescue.py), and does what it says:
go on, which may be elsewhere, or pass the signal on to whom it went before, after a last word.
Or it runs Python's own signal handlers, as the interpreter does between two bytecodes, on the
scheduler's stack: a fiber's is small, and Python measures the depth of its own. That is possible
since it comes in a kernel's own code only, where no lock is held, nor the interpreter's.
"""

import ctypes
import os
import platform
import signal
from collections.abc import Callable
from functools import cache

import llvmlite.binding as llvm

from . import layout, process_record

# Ignored by default, and used for nothing else: the Go runtime preempts with it for that reason.
POKE = signal.SIGURG
FAULTS = (signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL)

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long
_libc.syscall.argtypes = [ctypes.c_long] * 4
_TGKILL = 234  # x86-64

_SA_SIGINFO, _SA_ONSTACK, _SA_RESTART, _SA_NODEFER = 4, 0x08000000, 0x10000000, 0x40000000


class _Action(ctypes.Structure):
    """The C library's struct sigaction."""

    _fields_ = [
        ("handler", ctypes.c_void_p),
        ("mask", ctypes.c_uint8 * 128),
        ("flags", ctypes.c_int),
        ("restorer", ctypes.c_void_p),
    ]


_previous = (_Action * signal.NSIG)()  # by signal: what was installed before
_default = _Action()  # SIG_DFL is 0
_engine = None  # keeps the machine code alive

_CLOBBERS = ",".join(
    f"~{{{register}}}"
    for register in (
        *("rcx", "rdx", "r8", "r9", "r10", "r11", "r12"),
        *(f"xmm{n}" for n in range(32)),
        *(f"k{n}" for n in range(8)),
        *("memory", "dirflag", "fpsr", "flags"),
    )
)

# The first time, a fault that is not ours goes to whoever had it before; if it comes here again,
# the process dies. The faulting instruction runs again, so a return suffices. A signal that another
# process sent is sent again.
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


@cache
def _handler(decide: int) -> int:
    """Compile the handler; return its address."""
    global _engine
    process_record.add_mathematics()
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
        actions=ctypes.addressof(_previous),
        action_bytes=ctypes.sizeof(_Action),
        default=ctypes.addressof(_default),
        write=_address(_libc.write),
        sigaction=_address(_libc.sigaction),
        raise_=_address(_libc["raise"]),
        **{name: _address(getattr(ctypes.pythonapi, name)) for name in python},
    )
    module = llvm.parse_assembly(text)
    module.verify()
    _engine = llvm.create_mcjit_compiler(
        module, llvm.Target.from_default_triple().create_target_machine()
    )
    _engine.finalize_object()
    return _engine.get_function_address("handler")


def install(decide: int) -> None:
    """Install the handler, which asks the function at address `decide`; again, if it was replaced.

    A handler that is installed later, as by faulthandler.enable(), comes first until then.
    """
    if platform.machine() != "x86_64":
        return
    handler = _handler(decide)
    for number in (*FAULTS, POKE):
        current = _Action()
        _libc.sigaction(number, None, ctypes.byref(current))
        if current.handler == handler:
            continue
        _previous[number] = current
        # Where the thread has another stack for signals, a fault is handled there. A poke may come
        # while one is being served, and would overwrite that one's frame there.
        own = _SA_RESTART | _SA_NODEFER if number == POKE else _SA_ONSTACK
        action = _Action(handler=handler, flags=_SA_SIGINFO | own)
        _libc.sigaction(number, ctypes.byref(action), None)


def poke(thread: int) -> None:
    """Poke a thread of this process, by its native number; does nothing where it has ended."""
    _libc.syscall(_TGKILL, os.getpid(), thread, int(POKE))


def raise_again(type_: int, value: int, traceback: int) -> None:
    """Raise the exception that the interpreter handed out as these three references."""
    ctypes.pythonapi.PyErr_Restore(*map(ctypes.c_void_p, (type_, value, traceback)))
