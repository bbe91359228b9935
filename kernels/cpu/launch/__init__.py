"""A kernel as a program holds it, and a launch of it."""
