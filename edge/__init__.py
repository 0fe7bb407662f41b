"""Both colours on one machine, behind Envoy."""
