"""The arithmetic of objectives: values in, values out, without Django, clock or files.

`targets` and `states` judge, `counts` and `history` count, `budget`, `burn`, `thresholds` and `forecast` derive,
`evaluation` puts them together, `words` says it; `counters` and `minutes` turn readings into exact counts.
"""
