"""`crosscheck bench report DIR`: a run's results as a page, as pictures, and as README's table."""
