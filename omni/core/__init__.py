"""The rules of a fallback campaign: standard library and libphonenumber only, no input or output."""
