"""Set-up of a fresh machine: everything that `make` needs, made by the system's Python and its standard library alone.

Owns `.venv/` and `build/` except `build/demo`. `install` is the entry and knows the order; `step` runs one step,
`debian` fetches packages without installing them, `python_env`, `micropython`, `assets` and `tools` each make one
thing. Used by the Makefile.
"""
