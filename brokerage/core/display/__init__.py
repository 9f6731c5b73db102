"""How values look to people: money, dates, promise clocks, charts. Pure; knows no request."""
