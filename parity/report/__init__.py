"""Reports of a run, made from its results: a table, a JSON file and an HTML page."""
