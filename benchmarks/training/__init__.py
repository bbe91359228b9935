"""The suite `training`: whole steps of small networks, ours eager beside PyTorch's."""

SUITE = "training"
DIRECTION = "step"
