"""The application: a table of contents."""

from flask import Flask

from pepa import cli, storage
from pepa.blueprints.citizen import citizen
from pepa.blueprints.staff import staff
from pepa.config import Config
from pepa.db import Kept, db, prepare
from pepa.domain import installation, keys, settings
from pepa.web import access, bodies, drafts, errors, gates, headers, languages, padding, pages, templates


def create_app(config: Config | None = None, *, keyless: bool = False) -> Flask:
    """The program on one installation. Raises SchemaRefused where the database is a newer program's, KeyRefused where
    the server key is not this database's; keyless: it starts then too, for whoever brings the key back."""
    config = config or Config.read()
    config.instance.mkdir(parents=True, exist_ok=True)
    app = Flask("pepa", instance_path=str(config.instance))
    app.request_class = bodies.Request
    app.config.update(
        PEPA=config,
        SQLALCHEMY_DATABASE_URI=config.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={"pool_size": 20},  # more than a process has threads
        SEND_FILE_MAX_AGE_DEFAULT=3600,
        PROVIDE_AUTOMATIC_OPTIONS=False,  # a door has the methods that it names
    )
    db.init_app(app)
    storage.use(config.spool, config.uploads, config.free_percent)
    with app.app_context():
        prepare(db.engine)
        Kept.forget()
        Kept.seconds = config.cache_seconds
        try:
            installation.check_schema()
            if keys.open_installation(config):
                settings.read()  # what a page about a fault shows must be there before the fault
        except (keys.KeyRefused, installation.SchemaRefused) as refused:
            db.session.remove()
            db.engine.dispose()
            if not (keyless and isinstance(refused, keys.KeyRefused)):
                raise
    padding.register(app)  # first, so that it runs last: it counts what all others have set
    languages.register(app)
    access.register(app)
    gates.register(app)
    pages.register(app)
    drafts.register(app)
    templates.register(app)  # after those who give templates something: its macros see what stands by then
    headers.register(app)
    errors.register(app)
    app.register_blueprint(citizen)
    app.register_blueprint(staff)
    app.cli.add_command(cli.pepa)
    return app
