"""Blameless checks: sentences of a review in which a person, a team or a character is the explanation; pure."""
