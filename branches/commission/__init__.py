"""Commission: fees in force, rates of the network, and what a trade costs to the cent."""
