"""Where the money comes from: asked of customers at high risk, read by AML roles."""
