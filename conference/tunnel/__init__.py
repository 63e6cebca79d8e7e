"""A public address for `flask run --tunnel`, by ngrok or cloudflared.

Telnyx's application gets the address, and its old one back at the end. Only for development.
"""

from conference.tunnel.left_over import give_back
from conference.tunnel.opening import Tunnel, opened
from conference.tunnel.trouble import Trouble

__all__ = ["Trouble", "Tunnel", "give_back", "opened"]
