"""The ledger's door: units of writing, and the registries of projections and reactions.

`unit` is imported from `roadbed.ground.ledger.unit`, since models cannot load before Django does.
"""
