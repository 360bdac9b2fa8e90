"""Who may come in: access tokens verified, and who asks as a value that the other rooms know."""
