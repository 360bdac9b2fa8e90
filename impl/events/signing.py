"""Signatures that tell a receiver who sent a delivery (Standard Webhooks 1.0.0). Pure."""

import base64
import hmac
import secrets

PREFIX = "whsec_"


def new_secret() -> str:
    """A secret for a new subscription."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def headers(secret: str, event_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers that sign one try: all tries have the same id, each its own timestamp."""
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(secret, event_id, timestamp, body),
    }


def signature(secret: str, event_id: str, timestamp: int, body: bytes) -> str:
    """The signature of a delivery, after the version of the scheme."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{event_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
