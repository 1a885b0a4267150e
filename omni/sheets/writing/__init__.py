"""Writing of tables to files: results, rejected rows and samples as csv and xlsx, with every cell as plain text."""
