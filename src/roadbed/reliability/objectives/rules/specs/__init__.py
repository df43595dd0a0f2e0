"""Files of objectives in any format: `reading.read` takes one text, `reading.read_all` files that name one another."""
