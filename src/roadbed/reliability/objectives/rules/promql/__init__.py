"""PromQL as far as text tells: tokens, selectors, durations, and how a query counts."""
