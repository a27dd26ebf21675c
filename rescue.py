"""What `flask --app rescue` starts, for whoever holds two recovery sheets: it needs no server key, and is served to
nobody."""

from pepa.app import create_app

app = create_app(keyless=True)
