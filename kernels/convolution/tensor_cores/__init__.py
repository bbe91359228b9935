"""What the rungs on tensor cores are made of: see ../tensor_core.py."""
