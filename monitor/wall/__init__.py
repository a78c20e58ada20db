"""The wall: a Flask application that reads the board and shows it."""
