"""The rules of runbooks: values in, values out, without Django, clock or files.

`shapes` are what a file says; `fences`, `fronts` and `reading` read it, `commands` and `parameters` make a command of
a step, `linting` finds what is wrong, `secrecy` hides secrets, `permitting` says who may run what, `trusting` whether
it can still be trusted, `matching` which one serves an alert.
"""
