"""The review desk: what an officer sees of an application, and how many have to look at it."""
