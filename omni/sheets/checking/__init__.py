"""Checking of a sheet's rows: column mapping, phone and e-mail screening, duplicates and findings."""
