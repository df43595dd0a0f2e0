"""What kind of change a change is, derived from what it says and touches: pure rules with evidence and confidence."""
