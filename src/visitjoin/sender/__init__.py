"""The end that sends: upload, track, report. Talks to Metrica or to our receiver."""
