"""A stand-in for ngrok and cloudflared: prints what the real ones print, and forwards connections.

    python tunnel_stand_in.py NAME FOLDER ARGUMENTS...

FOLDER has `stand-in.pem`, a key and its certificate. Each start adds the process id to `started`.
The variable STAND_IN chooses another behaviour: a key of ODD. It imports nothing of the tests.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import ssl
import sys
import threading
from pathlib import Path

TOKEN = "2abcDEFghiJKLmnoPQRstuVWXyz_ofthetests"
ODD = {
    "no token": [
        '{"lvl":"info","msg":"no configuration paths supplied","t":"2026-11-30T10:00:00Z"}',
        '{"err":"authentication failed: Usage of ngrok requires a verified account and authtoken.'
        "\\n\\nSign up for an account: https://dashboard.ngrok.com/signup\\n"
        "Install your authtoken: https://dashboard.ngrok.com/get-started/your-authtoken\\r\\n\\r\\nERR_NGROK_4018"
        '\\r\\n","lvl":"eror","msg":"failed to reconnect session","obj":"tunnels.session"}',
    ],
    "wrong token": [
        '{"err":"The authtoken you specified is properly formed, but it is invalid.\\nYour '
        f"authtoken: {TOKEN}\\nThis usually happens when: You reset your authtoken\\n\\n"
        'ERR_NGROK_107\\r\\n","lvl":"eror","msg":"session closing","obj":"tunnels.session"}',
    ],
    "no network": [
        '{"err":"failed to dial ngrok server with address \\"connect.ngrok-agent.com:443\\": dial '
        'tcp: lookup connect.ngrok-agent.com: no such host","lvl":"eror",'
        '"msg":"failed to reconnect session","obj":"tunnels.session"}',
    ],
    "no quick tunnel": [
        "2026-11-30T10:00:00Z INF Requesting new quick Tunnel on trycloudflare.com...",
        'failed to request quick Tunnel: Post "https://api.trycloudflare.com/tunnel": dial tcp: '
        "lookup api.trycloudflare.com: no such host",
    ],
}
"""What a program prints before it ends with status 1."""

QUICK = "https://gentle-river-forty-two.trycloudflare.com"
BOX = f"""\
2026-11-30T10:00:00Z INF Requesting new quick Tunnel on trycloudflare.com...
2026-11-30T10:00:03Z INF +--------------------------------------------------------------+
2026-11-30T10:00:03Z INF |  Your quick Tunnel has been created! Visit it at (it may take  |
2026-11-30T10:00:03Z INF |  {QUICK}              |
2026-11-30T10:00:03Z INF +--------------------------------------------------------------+
2026-11-30T10:00:04Z INF Registered tunnel connection connIndex=0 location=lax08 protocol=quic"""


def main(name: str, folder: Path, arguments: list[str]) -> None:
    with (folder / "started").open("a") as started:
        started.write(f"{os.getpid()}\n")
    if odd := ODD.get(os.environ.get("STAND_IN", "")):
        print(*odd, sep="\n", flush=True)
        sys.exit(1)
    if name == "cloudflared":
        assert arguments[:3] == ["tunnel", "--no-autoupdate", "--url"], arguments
        print(BOX, file=sys.stderr, flush=True)
        signal.pause()
    kind, local, *log = arguments
    assert [kind, *log] == ["http", "--log", "stdout", "--log-format", "json"], arguments
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"https://localhost:{listener.getsockname()[1]}"
    tell(lvl="info", msg="starting web service", obj="web", addr="127.0.0.1:4040")
    tell(lvl="info", msg="started tunnel", obj="tunnels", addr=f"http://{local}", url=url)
    host, _, port = local.rpartition(":")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "stand-in.pem")
    while True:
        client, _ = listener.accept()
        threading.Thread(target=forward, args=(context, client, (host, int(port)))).start()


def tell(**fields: str) -> None:
    print(json.dumps(fields), flush=True)


def forward(context: ssl.SSLContext, raw: socket.socket, to: tuple[str, int]) -> None:
    """Pass bytes both ways until either side closes."""
    try:
        with context.wrap_socket(raw, server_side=True) as client:
            with socket.create_connection(to) as server:
                tell(lvl="info", msg="join connections", obj="join")
                back = threading.Thread(target=pipe, args=(server, client))
                back.start()
                pipe(client, server)
                back.join()
    except OSError as error:
        tell(lvl="warn", msg="failed to open private leg", err=str(error))


def pipe(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # the other side has closed


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
