"""A file of kernels in all suites, and on several processes."""

GOOD = """
from numba import cuda

@cuda.jit
def relu_kernel(x, y):
    i = cuda.grid(1)
    if i < x.size:
        y[i] = 0 if x[i] < 0 else x[i]

@algorithm("relu", name="mine")
def relu(input, out):
    if not (input.flags.c_contiguous and out.flags.c_contiguous):
        raise Unsupported("other strides")
    relu_kernel[-(-out.size // 256), 256](input.reshape(-1), out.reshape(-1))
"""


def test_the_suites_run_it(written, call):
    words = "--op", "relu", "--dtype", "float32", "--count", "1600", "--sample", "8"
    answer = call("--module", written(GOOD), *words)
    assert answer.exit_code == 0, answer.output
    for suite in ("problems", "opinfo", "images", "fuzz"):
        assert f"  {suite} " in answer.output


def test_processes_load_the_file_too(written, call):
    answer = call("--module", written(GOOD), "--suite", "quick", "--jobs", "2", "--case", "vector")
    assert answer.exit_code == 0 and "All 2 cases passed" in answer.output, answer.output
