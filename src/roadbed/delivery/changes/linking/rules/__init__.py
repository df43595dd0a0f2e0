"""How a deployment is linked to its changes: by whose it is, by the commit graph, by what an artifact was built of."""
