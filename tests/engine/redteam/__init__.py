"""Hostile code, and the range on which it is let loose."""
