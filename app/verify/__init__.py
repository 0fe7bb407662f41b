"""Prove from outside that routing and isolation work: flask --app app verify."""
