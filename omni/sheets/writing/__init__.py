"""Tables to files: results, rejected rows and samples as csv and xlsx, every cell inert text."""
