"""The suite `training`: whole steps of small networks and of ResNet-18, ours beside PyTorch's.

Each as it comes ("eager"), and replayed from a CUDA graph; PyTorch's compiled, too.
"""

SUITE = "training"
DIRECTION = "step"
GRAPH = "crosscheck-graph"  # the subject of our steps that a CUDA graph replays
