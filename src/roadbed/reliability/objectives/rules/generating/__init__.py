"""Prometheus rules and dashboards made of definitions."""
