"""The room layers: delivery, reliability and platform side by side."""
