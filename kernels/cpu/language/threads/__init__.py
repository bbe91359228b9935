"""Threads in kernels: their coordinates, and what they wait at: barriers, votes, shuffles."""
