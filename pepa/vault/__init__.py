"""Bytes in, bytes out: keys, sealing, codes. No Flask, no tables. Which key opens what stands in the domain."""
