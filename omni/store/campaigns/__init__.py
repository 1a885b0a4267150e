"""Campaigns: how they are made, their contacts and progress, and the sends of the last days."""
