"""Tables to contacts: column mapping, phone and e-mail screening, duplicates and findings."""
