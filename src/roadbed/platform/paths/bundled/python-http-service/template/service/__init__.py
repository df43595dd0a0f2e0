"""The service: its routes, and what every route stands on."""
