"""What `kubectl apply -k k8s` applies, and the passwords that it needs."""
