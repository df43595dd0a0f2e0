"""What gunicorn imports in each worker."""

from service.app import create_app

app = create_app()
