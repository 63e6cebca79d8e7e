"""The webhooks: payloads, signing, delivery."""
