"""The parity suite: every kernel's results compared with PyTorch's, within derived error bounds.

operators/      the operators, each in one place: how to call it, bounds, problems, faults
shared/         what several operators share
suites/         where cases come from: named problems, PyTorch's samples, images, random ones
case.py         a case; expected.py: what it must give; placed_case.py: its arrays on a device
run.py          runs suites; check.py, tape.py, rejects.py: the checks of one case
bounds.py       the theory of the bounds, and the comparison with them
reference*.py   PyTorch, which only these files, samples.py and two of own/ import
training/       whole training runs, compared after every step
own/            what is checked in place of our kernels: the user's, or PyTorch itself
report/         table, JSON and HTML
faults/         plants faults in the kernels, to prove that the suite catches them
"""
