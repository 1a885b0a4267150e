"""The steps from an empty database to today's tables. A step is never edited once it is released."""
