"""The arithmetic of digests: when one is due, what is worth telling, how it reads."""
