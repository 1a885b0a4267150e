"""Runnable parts put together: the worker, its processes, lists, and a move to another database."""
