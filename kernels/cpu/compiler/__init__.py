"""From a Python function to machine code on disk and in memory."""
