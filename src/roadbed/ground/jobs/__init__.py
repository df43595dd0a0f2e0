"""Durable background work. `registry.job` registers, `usecases.enqueue` adds, `worker` runs."""
