"""The arithmetic of how work flows to the trunk, of builds, tests and beginnings: values in, values out."""
