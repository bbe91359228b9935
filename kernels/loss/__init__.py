"""Losses: each operator is a module, or a package, of its own."""
