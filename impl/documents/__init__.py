"""The document of a bill, as PDF and HTML, that its customer sees."""
