"""flask pepa …: what is done at the machine."""

from flask.cli import AppGroup

pepa = AppGroup("pepa", help="Calling Pepa at the machine.")
