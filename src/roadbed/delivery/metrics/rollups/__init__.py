"""Four weeks of a service in columns, so that pages add up arrays and not rows."""
