"""What people write by hand, as scripts: each prints one line of JSON."""
