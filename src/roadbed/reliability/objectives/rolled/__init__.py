"""Objectives put together by system, team and organization, for the API, the command line and pages."""
