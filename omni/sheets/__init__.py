"""Spreadsheets in and out: read any, say what was assumed, screen every row, write results that nothing trips over.

- ``reading``: a file to a ``Sheet``: text, the row numbers the spreadsheet program shows, what was assumed
- ``checking``: which header holds which contactInfo field, whole columns of destinations screened at once by the
  rules of ``omni.core.destination``, what becomes of every row, which step reaches it, and why not
- ``writing``: results, rejected rows and samples as csv and xlsx
"""
