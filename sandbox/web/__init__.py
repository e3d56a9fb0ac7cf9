"""HTTP and websockets: the only floor that knows Flask."""
