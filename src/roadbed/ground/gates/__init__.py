"""Questions asked before a change goes out. `usecases.register` and `usecases.ask` are the door."""
