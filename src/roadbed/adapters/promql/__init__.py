"""Prometheus and whatever speaks its HTTP API (Thanos, Mimir, VictoriaMetrics), behind the port of count sources."""

from roadbed.adapters.promql.server import Access
from roadbed.adapters.promql.source import PromqlSource

__all__ = ["Access", "PromqlSource"]
