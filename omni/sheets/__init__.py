"""Spreadsheets in and out: read any, say what was assumed, screen every row, write results that nothing trips over.

- ``reader``: a file to a ``Sheet``: text, the row numbers the spreadsheet program shows, what was assumed
- ``columns``: which header holds which contactInfo field
- ``screening``: whole columns of destinations at once, by the rules of ``omni.core.destination``
- ``checking``: what becomes of every row, which step reaches it, and why not
- ``export``: results, rejected rows and samples as csv and xlsx
"""
