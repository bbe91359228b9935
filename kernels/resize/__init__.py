"""Images of another size: interpolation, and outputs that are rearranged channels or windows."""
