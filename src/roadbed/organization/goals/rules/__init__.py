"""The arithmetic of goals: what a target is, how one stands, what tempts away from it."""
