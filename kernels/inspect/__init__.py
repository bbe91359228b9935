"""What the kernels become on a GPU, with no GPU: `python -m crosscheck.kernels.inspect`.

Each kernel is recorded as it is launched (calls, launches), compiled as a launch would compile it
(kernels.gpu), and described by what the assembler reported (resources), what fits on a
multiprocessor (occupancy) and the machine code itself (sass, mix).

The compiler and the disassembler come with `pip install 'crosscheck-kernels[inspect]'`; without the
latter there are no instructions to count.
"""
