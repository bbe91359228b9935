"""Softmax along one dimension, and its logarithm: each operator is a module of its own."""
