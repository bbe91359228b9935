"""The suite `launch`: what a call costs the host, up to its first launch and as a whole.

On a GPU the calls are real, and PyTorch's stand beside them. Without one, stand-ins of the GPU's
arrays, compiler and driver leave the host's own work.
"""

SUITE = "launch"
TO_LAUNCH, WHOLE = "to_first_launch", "whole_call"  # its directions
