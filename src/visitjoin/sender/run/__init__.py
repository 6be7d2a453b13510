"""What can be done with a table or an uploading: check, send, follow, link."""
