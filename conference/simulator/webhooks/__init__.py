"""Webhooks: payloads, signature, delivery."""
