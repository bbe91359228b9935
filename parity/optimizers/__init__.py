"""One step of an optimizer from special values, beside PyTorch's in the same dtype."""
