"""Verbs and queries, one file a noun. No HTTP here; a verb takes its actor first."""
