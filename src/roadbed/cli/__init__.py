"""The command line: a client of the API, and offline tools that use the rooms' rules; it imports no Django.

Each module here owns the commands of one noun and offers `register(root)`, which adds them to the root command.
Commands that change or read the server go through `client.api()`; what they print goes through `output`.
"""
