"""The room metrics: the five DORA metrics, counted from facts."""
