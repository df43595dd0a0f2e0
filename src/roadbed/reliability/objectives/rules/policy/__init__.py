"""Budget policies: documents of rules, their conditions in CEL, and what a policy decides of a change."""
