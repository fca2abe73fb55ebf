"""One door for each kind of server interface: it turns a request into a Head and sends the Answer."""
