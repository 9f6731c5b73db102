"""Rules of the network: values in, decision with reasons out."""
