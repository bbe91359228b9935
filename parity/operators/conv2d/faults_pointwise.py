"""Faults where filters of one tap move four positions at once."""

from crosscheck.parity.faults.plant import Fault

CONVOLUTION = "crosscheck.kernels.convolution"


def _fault(
    what: str, module: str, right: str, wrong: str, case: str, sanitize: bool = False
) -> Fault:
    module = f"{CONVOLUTION}.{module}"
    return Fault(what, module, right, wrong, "conv2d", case, "pointwise", sanitize)


FAULTS = (
    _fault(
        "four positions begin a pixel late",
        "pipelined",
        "copy_quad_async(images, row, x, source, inside)",
        "copy_quad_async(images, row, x, source + 1, inside)",
        "filter-1x1",
    ),
    _fault(
        "threads bring positions that overlap",
        "implicit_gemm",
        "mine *= POSITIONS",
        "mine *= 1",
        "filter-1x1",
    ),
    _fault(
        "four positions of two images pass for neighbours",
        "layout",
        "% 4 == 0\n    return dense and n % 4 == c % 4 == 0",
        "% 2 == 0\n    return dense and n % 2 == c % 2 == 0",
        "pointwise-6-pixels",
    ),
    _fault(
        "a stride is overlooked",
        "problem",
        "== self.stride == one",
        "== one",
        "pointwise-strided",
    ),
    _fault(
        "a padding is overlooked",
        "problem",
        "and self.padding == none",
        "and self.padding != one",
        "pointwise-padded",
    ),
    _fault(
        "the weights of a group are its neighbour's",
        "implicit_gemm",
        "(lattice * groups + group) * filled_terms",
        "(lattice * groups) * filled_terms",
        "pointwise-groups",
    ),
    _fault(
        "nobody waits for the copies of four positions",
        "pipelined",
        "        wait(0)  #",
        "        pass  #",
        "pointwise-groups",
        sanitize=True,
    ),
)
