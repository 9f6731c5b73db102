"""What is done with texts, items and wishes."""
