"""How fast and how large, side by side: `make bench`. marker.py, overload.py and traffic.py are run by name."""
