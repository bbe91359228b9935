"""How a row is measured: one idea a file; measure.py puts them together.

clock.py      the host's clock, taken before a subject could replace it
workload.py   the arrays of a layer, new numbers for every sample
part.py       which part of a result is held against the exact one
exact.py      that part's exact result, and how far off a right one may be
exact_mean.py the same of the mean of many losses
check.py      is a result right, all there, and finished when the call said so
sampling.py   one sample after the other
limits.py     until the median is known
interval.py   how well it is known
launches.py   that our kernels ran
device.py     what the protocol asks of a device: to wait, to time, to empty its L2
memory.py     what a call takes beyond its arrays
sensors.py    clocks and temperature
ceilings.py   what this machine can do
roofline.py   what a layer takes, and the share of what is possible
"""
