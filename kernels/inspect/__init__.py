"""Compiles the kernels for a GPU, without one: `python -m crosscheck.kernels.inspect`.

Each kernel is recorded as it is launched (launches) and compiled as a launch would compile
it (kernels.gpu, stored). Shown are the registers, spills and shared memory that the assembler
reports (resources), the occupancy (occupancy), the instruction mix of the machine code (sass, mix),
and the most that it can reach and what binds it (ceiling). What of that should not get worse is in
record.csv (record), with which `make test` and `make gate` compare (gate).

The compiler and the disassembler come with `pip install 'crosscheck-kernels[inspect]'`; without the
latter no instructions are counted.
"""
