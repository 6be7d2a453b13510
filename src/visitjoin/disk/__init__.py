"""Files that must not be lost, and files that must not stay, whenever the process dies."""
