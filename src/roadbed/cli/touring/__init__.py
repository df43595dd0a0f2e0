"""The tour's parts: what receives its pages, what drives its traffic, what it breaks, and its steps."""
