"""The one bridge between the colours: moves all users of one to the other."""
