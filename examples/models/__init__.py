"""Models that people know, in plain `nn`; with torch's names imported they run in PyTorch."""
