"""What all doors share: pages, forms, access, errors, headers."""
