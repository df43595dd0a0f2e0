"""Objectives: what a service promises, how that is measured, and how much of its error budget is left."""
