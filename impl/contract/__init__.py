"""A contract at run time: its documents, its compiled schemas, and the errors of a value."""
