"""Normalisation of activations: each operator is a module of its own."""
