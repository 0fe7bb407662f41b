"""Hosts and a user, as many tests need them."""

HOSTS = {
    "plain": "pii-demo.apps.hl.test",
    "blue": "pii-demo-blue.apps.hl.test",
    "green": "pii-demo-green.apps.hl.test",
}

ADA = {
    "firstname": "Ada",
    "lastname": "Lovelace",
    "email": "ada@example.org",
    "age": "36",
    "location": "London",
}
ADA_JSON = ADA | {"age": 36}
