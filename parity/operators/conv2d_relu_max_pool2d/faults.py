"""Faults in the pooling behind a convolution: of which outputs, and which of them is kept."""

from crosscheck.parity.faults.plant import Fault

CONVOLUTION = "crosscheck.kernels.convolution"
DIRECT = "crosscheck.kernels.fused.direct_pooled"
EPILOGUE = f"{CONVOLUTION}.epilogue"
POSITIONS = f"{CONVOLUTION}.positions"
LARGER = "value > acc[i, j] or value != value"


def _fault(what: str, module: str, right: str, wrong: str, case: str = "filter-3x3") -> Fault:
    algorithm = "direct" if module == DIRECT else "blocked"
    return Fault(what, module, right, wrong, "conv2d_relu_max_pool2d", case, algorithm)


FAULTS = (
    _fault("direct: windows overlap", DIRECT, "2 * window_row + i // 2", "window_row + i // 2"),
    _fault("direct: NaN loses", DIRECT, " or value != value", "", "nan"),
    _fault(
        "windows are a row lower",
        POSITIONS,
        "2 * p + position // 2 % 2",
        "2 * p + 1 + position // 2 % 2",
    ),
    _fault(
        "a window is a row of four",
        POSITIONS,
        "n, 2 * p + position // 2 % 2, 2 * q + position % 2",
        "n, p, 4 * q + position % 4",
    ),
    _fault(
        "the fourth output of a window is not asked",
        EPILOGUE,
        "for of in range(1, 4):",
        "for of in range(1, 3):",
    ),
    _fault("NaN loses behind a convolution", EPILOGUE, LARGER, "value > acc[i, j]", "nan"),
    _fault("the first output of a window is kept", EPILOGUE, LARGER, "value != value"),
    _fault(
        "a thread's second window is a tile further",
        EPILOGUE,
        "(position + index(j // 4 * 32)) // 4",
        "position // 4 + index(j // 4 * 32)",
        "several-tiles",
    ),
    _fault(
        "a sum is split, and the largest of each part taken",
        f"{CONVOLUTION}.implicit_gemm_launch",
        "return tiles, (1,) if problem.pooled else PARTS",
        "return tiles, PARTS",
        "long-sum",
    ),
    _fault(
        "the last row of an odd output has a window",
        f"{CONVOLUTION}.problem",
        "(self.p // 2, self.q // 2)",
        "((self.p + 1) // 2, self.q // 2)",
        "odd",
    ),
)
