"""A server in a process of its own, the requests it is sent, and what sends them."""
