"""Roadbed: delivery, reliability and platform in one system."""

__version__ = "0.1.0"
