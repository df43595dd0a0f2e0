"""The five metrics out of any clone: deployments from tags, changes from commits, evidence from both."""
