"""Metrics pages in Prometheus's text format or OpenMetrics, behind the scraper port."""

from roadbed.adapters.prometheus_text.scraper import HttpScraper, Limits

__all__ = ["HttpScraper", "Limits"]
