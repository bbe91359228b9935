"""What the user may ask for: options of `jit`, modes of launches, tools of the sanitizer."""
