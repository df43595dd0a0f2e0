"""The watcher from outside: a process of its own, without Django and database, with its own ways to people."""
