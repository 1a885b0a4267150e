"""Restored databases: how an older copy is noticed, and what waits until an operator has looked."""
