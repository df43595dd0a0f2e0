"""Shifts that somebody asks others to take, and that change hands only when one of them accepts."""
