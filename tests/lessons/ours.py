"""The lessons that come with the product, read once for all the tests of a process."""

from sandbox.lessons.shelf import open_shelf

SHELF = open_shelf()
