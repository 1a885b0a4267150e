"""The runner beyond one machine: Procrastinate on the same PostgreSQL wakes the workers of several machines.

It carries no promise. What is to be sent and what was sent stands in our tables alone; a job says no more than
"look", so one that is lost, doubled or late does no harm.
"""
