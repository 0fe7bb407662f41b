"""How fast and how large, measured side by side. Each script prints what it has measured, and on what."""
