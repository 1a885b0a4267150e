"""Steps from an empty database to the present tables; a released step is never edited."""
