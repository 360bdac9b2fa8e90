"""Authentication: access tokens, and the identity of a caller, which all other packages know."""
