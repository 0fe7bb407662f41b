"""Everything that knows Flask. Each room that needs the application has `init_app(app)`."""
