"""Cross entropy in one pass: a row of logits stays in registers, up to 4096 classes.

The formulas are those of `direct`, the threads those of `kernels.held_row`: what `tree` reads
again, for the sum, for the loss and for the gradient, is in registers here. Logits are (n, c, 1);
any strides. A target that is no class gives NaN.

What it gains: the loss moves 4 bytes a logit where `tree` reads them two or three times, the
gradient 8 where it reads three times and writes once; the caches serve the others, if the row is
still there. Probabilities are 4 bytes more in either. With 32 classes a lane, at most 51
instructions a logit in the loss of classes and 147 in its gradient, with and without weights and
smoothing together, in 84 and 168 registers (all that are there, though not all run; float32,
sm_90a).
"""

import math
from functools import cache, partial

from crosscheck.kernels import held_row
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.held_row import Holder
from crosscheck.kernels.launch import Kernel, cuda, device_function, index, kernel, real
from crosscheck.kernels.loss.cross_entropy.classes import is_class, weight_of
from crosscheck.kernels.loss.cross_entropy.problem import Problem


@cache
def build(name: str, holder: Holder) -> Kernel:
    """Return the kernel of this name for the rows of a holder."""
    WIDTH, KEPT, WARPS, BOUNDS, place, load, total, row_max, row_sum_exp, row_to_exp = holder

    @device_function
    def weights_sum(w, factor, n, t, scratch):
        """Return the sum of factor * w[c]; w may be (0)."""
        if w.shape[0] == 0:
            return factor * real(n)
        sum = real(0)
        for i in range(KEPT):
            c = t + index(WIDTH * i)
            if c < n:
                sum += factor * w[c]
        return total(sum, t, scratch)

    @kernel(launch_bounds=BOUNDS)
    def classes(x, target, w, ignore, keep, share, loss):
        """x (n, c, 1), target (n, 1) integers, w (c) or (0), loss (n, 1)."""
        scratch, kept = cuda.shared.array(WARPS, real), cuda.local.array(KEPT, real)
        row, t = place()
        n = index(x.shape[1])
        if row < index(x.shape[0]):
            label = target[row, 0]
            value = real(0)
            if label != ignore:
                value = real(math.nan)
                if is_class(label, x.shape[1]):
                    load(x, row, t, kept, real(-math.inf))
                    m = row_max(kept, t, scratch)
                    log_s = math.log(row_sum_exp(kept, m, t, scratch))
                    c = index(label)
                    value = keep * weight_of(w, c) * (log_s - (x[row, c, 0] - m))
                    if share != real(0):
                        smooth = real(0)
                        for i in range(KEPT):
                            c = t + index(WIDTH * i)
                            if c < n:
                                smooth += weight_of(w, c) * (log_s - (kept[i] - m))
                        value += share * total(smooth, t, scratch)
            if t == 0:
                loss[row, 0] = value

    @kernel(launch_bounds=BOUNDS)
    def probabilities(x, target, w, keep, share, loss):
        """x, target (n, c, 1), w (c) or (0), loss (n, 1)."""
        scratch, kept = cuda.shared.array(WARPS, real), cuda.local.array(KEPT, real)
        row, t = place()
        n = index(x.shape[1])
        if row < index(x.shape[0]):
            load(x, row, t, kept, real(-math.inf))
            m = row_max(kept, t, scratch)
            log_s = math.log(row_sum_exp(kept, m, t, scratch))
            value = real(0)
            for i in range(KEPT):
                c = t + index(WIDTH * i)
                if c < n:
                    k = keep * target[row, c, 0] + share
                    value += k * (log_s - (kept[i] - m)) * weight_of(w, c)
            value = total(value, t, scratch)
            if t == 0:
                loss[row, 0] = value

    # The derivatives are above the kernels of `direct`.
    @kernel(launch_bounds=BOUNDS)
    def classes_gradient(dy, x, target, w, ignore, keep, share, by, divisor, each, dx):
        """Like `classes`; dy (n, 1) where `each`, else (1, 1), is divided by by[0] or, where by is
        (0), by divisor.
        """
        scratch, kept = cuda.shared.array(WARPS, real), cuda.local.array(KEPT, real)
        row, t = place()
        n = index(x.shape[1])
        if row < index(x.shape[0]):
            load(x, row, t, kept, real(-math.inf))
            label = target[row, 0]
            g = dy[row, 0] if each else dy[0, 0]
            g = g / (by[0] if by.shape[0] != 0 else divisor)
            own = real(math.nan)
            if label == ignore:
                g = own = real(0)  # not by 0 / 0, where every row is ignored
            elif is_class(label, x.shape[1]):
                own = keep * g * weight_of(w, index(label))
            m = row_max(kept, t, scratch)
            s = row_to_exp(kept, m, t, scratch)
            whole, smooth = own, share * g
            if share == real(0):  # nothing, and not 0 times an infinite g or weight
                smooth = real(0)
            else:
                whole = own + weights_sum(w, smooth, n, t, scratch)
            for i in range(KEPT):
                c = t + index(WIDTH * i)
                if c < n:
                    slope = smooth * weight_of(w, c) if share != real(0) else real(0)
                    if c == index(label):
                        slope += own
                    dx[row, c, 0] = kept[i] / s * whole - slope

    @kernel(launch_bounds=BOUNDS)
    def probabilities_gradient(dy, x, target, w, keep, share, by, divisor, each, dx):
        """Like `probabilities`; dy as in `classes_gradient`."""
        scratch = cuda.shared.array(WARPS, real)
        kept, slopes = cuda.local.array(KEPT, real), cuda.local.array(KEPT, real)
        row, t = place()
        n = index(x.shape[1])
        if row < index(x.shape[0]):
            load(x, row, t, kept, real(-math.inf))
            load(target, row, t, slopes, real(0))
            g = dy[row, 0] if each else dy[0, 0]
            g = g / (by[0] if by.shape[0] != 0 else divisor)
            m = row_max(kept, t, scratch)
            s = row_to_exp(kept, m, t, scratch)
            whole = real(0)
            for i in range(KEPT):
                c = t + index(WIDTH * i)
                if c < n:
                    slopes[i] = (keep * slopes[i] + share) * (g * weight_of(w, c))
                    whole += slopes[i]
            whole = total(whole, t, scratch)
            for i in range(KEPT):
                c = t + index(WIDTH * i)
                if c < n:
                    dx[row, c, 0] = kept[i] / s * whole - slopes[i]

    @kernel(launch_bounds=BOUNDS)
    def target_gradient(dy, x, w, keep, divisor, each, dq):
        """x, dq (n, c, 1), w (c) or (0); dy as in `classes_gradient`."""
        scratch, kept = cuda.shared.array(WARPS, real), cuda.local.array(KEPT, real)
        row, t = place()
        n = index(x.shape[1])
        if row < index(x.shape[0]):
            load(x, row, t, kept, real(-math.inf))
            g = (dy[row, 0] if each else dy[0, 0]) / divisor
            m = row_max(kept, t, scratch)
            log_s = math.log(row_sum_exp(kept, m, t, scratch))
            for i in range(KEPT):
                c = t + index(WIDTH * i)
                if c < n:
                    dq[row, c, 0] = weight_of(w, c) * g * (log_s - (kept[i] - m)) * keep

    made = {
        "classes": classes,
        "probabilities": probabilities,
        "classes_gradient": classes_gradient,
        "probabilities_gradient": probabilities_gradient,
        "target_gradient": target_gradient,
    }[name]
    made.rename(f"{name}_kernel_{WIDTH}x{KEPT}")
    return made


def unsupported(this: Problem) -> str:
    """Return why threads cannot keep a row of logits, "" where they can."""
    return held_row.unsupported(this.classes, this.positions)


def on_a_gpu(this: Problem, device: str) -> bool:
    """Whether it pays: on the CPU each shuffle switches between the fibers of a warp."""
    return device != "cpu"


def _launch(name: str, x: Array, *arguments, **sizes) -> None:
    held_row.launch(partial(build, name), x.shape[0], x.shape[1], *arguments, **sizes)


def classes(x: Array, *rest) -> None:
    _launch("classes", x, x, *rest)


def probabilities(x: Array, *rest) -> None:
    _launch("probabilities", x, x, *rest)


def classes_gradient(dy: Array, x: Array, *rest) -> None:
    _launch("classes_gradient", x, dy, x, *rest)


def probabilities_gradient(dy: Array, x: Array, *rest) -> None:
    _launch("probabilities_gradient", x, dy, x, *rest, sizes=held_row.TWO_ROWS)


def target_gradient(dy: Array, x: Array, *rest) -> None:
    _launch("target_gradient", x, dy, x, *rest)
