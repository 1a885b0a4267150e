"""Rules of a fallback campaign, which import only the standard library and libphonenumber and do no input or output."""
