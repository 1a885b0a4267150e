"""The engine: claim a request, post it once, keep the answer, record what became of it.

``drain`` is the loop and ``worker`` the process around it. ``spool`` and ``journal`` are files beside the
database that hold what must not be lost between two of its transactions.
"""
