"""What a run says when it is over: a table, a JSON file, an HTML page. All take plain Results."""
