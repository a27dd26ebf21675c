"""What gunicorn and `flask --app wsgi` start."""

from pepa.app import create_app

app = create_app()
