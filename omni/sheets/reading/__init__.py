"""Reading of files: csv, xlsx, xls and ods as tables of text, with the assumptions made while reading."""
