"""What a bare interpreter has loaded. The first of ours to be imported, and for that it imports nothing else."""

import sys

MODULES = frozenset(sys.modules)
"""Names; among them those by which this module itself was found."""
PATHS = frozenset(sys.path_importer_cache)
"""Folders that were searched; likewise."""
