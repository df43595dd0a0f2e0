"""What every room's API stands on: callers, problem documents, pages of results, idempotent writes, entity tags."""
