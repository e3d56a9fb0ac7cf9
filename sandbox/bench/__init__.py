"""How many learners a machine carries: `reload-sandbox bench`. Stands outside of the server, as browsers do."""
