"""The room diagnostic: twenty questions about delivery, reliability and platform, answered without an account."""
