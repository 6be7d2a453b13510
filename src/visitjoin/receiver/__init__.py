"""The end that receives: a self-hosted service that speaks the API."""
