"""Runnable parts put together from the settings: worker, its processes, lists, move to another database."""
