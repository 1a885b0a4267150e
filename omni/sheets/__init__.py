"""Spreadsheets: reading files, checking every row, and writing results that any spreadsheet program opens safely.

- ``reading``: a file to a ``Sheet``: text, the row numbers the spreadsheet program shows, the assumptions made
- ``checking``: a mapping from headers to contactInfo fields, whole columns of destinations screened at once by the
  rules of ``omni.core.destination``, the status of every row, the steps that reach it, and the findings about it
- ``writing``: results, rejected rows and samples as csv and xlsx
"""
