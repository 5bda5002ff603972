"""Guards every route: authentication, headers, connections, downloads and sockets."""
