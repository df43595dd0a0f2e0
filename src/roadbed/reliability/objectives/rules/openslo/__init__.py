"""OpenSLO v1: `reading.read` takes a file's text and gives definitions, with every fault found and where it is."""
