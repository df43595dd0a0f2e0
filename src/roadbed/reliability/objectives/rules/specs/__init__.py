"""Files of objectives in any format: `reading.read` takes one text, `reading.read_all` a set that refer to one another."""
