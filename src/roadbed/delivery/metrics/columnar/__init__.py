"""Judges a service's whole history in columns: the rules' answers, and the rules themselves where words decide."""
