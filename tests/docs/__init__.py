"""The pages: what they show is what the server does."""
