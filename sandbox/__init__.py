"""Reload Sandbox: see what importing and reloading a Python module really does.

Imports nothing: the worker, which runs in a bare interpreter, lives in this package.
"""
