"""A prediction without a GPU: the least time of a layer on a GPU, and what binds it.

    crosscheck bench predict --gpu h200 --suite resnet50

It is a lower bound, not an estimate of the time. calls.py makes the calls of a suite, and work.py
says what each has to compute and to move at least. sample.py records what they launch, and runs
three blocks of each launch on the CPU device. floor.py takes the machine code (kernels/inspect) and
the blocks to the least that each resource of the GPU has to do; prediction.py to a time.
"""
