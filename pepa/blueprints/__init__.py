"""The doors: two wings that share nothing but the domain."""
