"""PyTorch beside us: as it comes, in TF32, reproducible, and compiled."""
