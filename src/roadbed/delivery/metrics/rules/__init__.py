"""The pure rules of delivery metrics: what a deployment was, and how figures are counted."""
