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
ID = "6f1c2f0e-2d7b-4c53-9a57-0b8f6f0c1a42"
