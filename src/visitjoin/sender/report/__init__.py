"""What a run tells: rows and money that add up, as text, JSON and a page."""
