"""The TMF630 query language: what a query string means, and what a document says to it. Pure."""
