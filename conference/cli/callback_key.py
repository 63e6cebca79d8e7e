"""`flask callback-key`: the public key of the callbacks."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from conference.callbacks.signing_key import public_half
from conference.web.services import services


@click.command("callback-key")
@with_appcontext
def callback_key() -> None:
    """Show the public key that verifies status callbacks.

    The key is made from TELNYX_API_KEY. No server is needed.

    Example: flask callback-key
    """
    try:
        click.echo(public_half(services().settings.telnyx_api_key))
    except ValueError as error:
        raise click.ClickException(str(error)) from error
