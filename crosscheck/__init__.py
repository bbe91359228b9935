"""Crosscheck: CNN kernels you can read, run without a GPU, and trust.

`crosscheck.kernels`, `crosscheck.nn`, `crosscheck.parity`, `crosscheck.benchmarks` and
`crosscheck.examples` are the folders of those names: beside this file where Crosscheck is
installed, and at the top of the tree, one level up, in a checkout.
"""

from pathlib import Path

if not Path(__file__).with_name("kernels").is_dir():
    __path__.append(str(Path(__file__).parents[1]))


def load_ipython_extension(shell: object) -> None:
    """`%load_ext crosscheck`: put the CPU device in numba.cuda's place (`crosscheck.cuda`)."""
    from crosscheck import cuda

    cuda.install()


def unload_ipython_extension(shell: object) -> None:
    """`%unload_ext crosscheck`: give numba-cuda its place back for what is imported next."""
    from crosscheck.kernels.cpu.cuda.install import uninstall

    uninstall()
