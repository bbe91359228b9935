"""Lesson 10: what binds a kernel, read from its machine code and from a roofline.

Fill in the numbers. Those of the loop are in what this prints (the GPU's compiler has to be there:
crosscheck doctor), between the label that the last branch back goes to and that branch:

    crosscheck inspect convolution.tiled_forward --sass
"""

# The main loop of the tiled convolution, sm_90a: its instructions, and how many of them are FFMA.
LOOP_INSTRUCTIONS = 0
LOOP_FFMAS = 0

# An SM issues 4 instructions a cycle, and takes 4 FFMAs of a warp a cycle. If nothing but that
# bound the loop, which share of the FFMA peak would it reach? A number from 0 to 1.
CEILING = 0.0

# Float32 operations a byte of global memory, each array moved once, a multiply-add being two:
CONV2D = 0.0  # 3 x 3, padding 1, no bias: input (32, 64, 56, 56), 64 filters
RELU = 0.0  # any size; one comparison an element

# An H200: 66.9e12 float32 operations a second, 4.8e12 bytes a second. From how many operations a
# byte on is it arithmetic that binds?
RIDGE = 0.0

# So what binds each of the two at best: "arithmetic" or "memory"?
CONV2D_IS_BOUND_BY = "?"
RELU_IS_BOUND_BY = "?"
