"""Measurements. Each times what it compares in the same run, on the same machine."""
