"""Waking of workers on several machines, by jobs that Procrastinate keeps in the same PostgreSQL database.

No promise depends on the jobs. What is to be sent and what was sent is recorded only in Omni's own tables. A job only
says "look for work", so one that is lost, doubled or late does no harm.
"""
