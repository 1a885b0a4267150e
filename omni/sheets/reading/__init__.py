"""Files to tables: csv, xlsx, xls and ods as text, with the assumptions made while reading."""
