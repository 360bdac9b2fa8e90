"""Events: what each write publishes, which subscriptions get it, and how it is delivered."""
