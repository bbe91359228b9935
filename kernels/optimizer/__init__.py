"""One step of an optimizer, on a parameter or a list: each optimizer is a module of its own."""
