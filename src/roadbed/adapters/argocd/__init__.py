"""Argo CD: what its notifications say."""

from roadbed.adapters.argocd.reader import ArgoNotifications

__all__ = ["ArgoNotifications"]
