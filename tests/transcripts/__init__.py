"""Transcripts of `python -i` and what plays them, on whatever console there is.

`reload/` holds what each version of CPython was seen to print; `language/` holds only what is typed, to be compared
with a `python -i` that runs beside it.
"""
