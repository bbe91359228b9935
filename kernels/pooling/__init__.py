"""Two-dimensional pooling: each operator is a module of its own."""
