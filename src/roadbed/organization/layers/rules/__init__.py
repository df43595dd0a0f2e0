"""The layers, stages, anti-patterns and hiring: what charters, owners, engagements and evidence say."""
