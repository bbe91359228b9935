"""One step of an optimizer on one parameter: each optimizer is a module of its own."""
