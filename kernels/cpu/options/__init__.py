"""What a program may ask for: the options of `jit`, the modes of launches, the sanitizer."""
