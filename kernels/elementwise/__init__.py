"""Two arrays, element by element, with broadcasting: each operator is a module of its own."""
