"""The child process: `python -i` itself, steered and observed. Standard library and `sandbox.protocol` only."""
