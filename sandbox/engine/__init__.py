"""Where workers run, behind the one plug of `interface`."""
