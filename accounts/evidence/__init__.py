"""What proves an opening: states, events, verification and the archive for inspectors."""
