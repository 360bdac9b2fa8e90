"""The HTTP edge: the only room that knows Connexion and Flask."""
