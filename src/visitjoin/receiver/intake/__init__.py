"""What a request brings is received, checked and written down, before it is answered."""
