"""Where users are kept: `users` has the statements, `connections` sends them to `mysql` or `sqlite`."""
