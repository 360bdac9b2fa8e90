"""What the dependencies bring with them: licences, and vulnerabilities that are known."""
