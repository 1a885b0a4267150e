"""Records that operators keep between campaigns: drafts, templates, lists and the do-not-contact list."""
