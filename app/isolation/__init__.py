"""What a web server talks to: is its image, its database and each of its peers of its own colour?"""
