package com.example.tus;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLConnection;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/**
 * Serves the pages from another origin than the sample's.
 */
final class PageServer implements Closeable {

	private final HttpServer server;

	PageServer() throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.createContext("/", PageServer::serve);
		this.server.start();
	}

	int port() {
		return this.server.getAddress().getPort();
	}

	private static void serve(HttpExchange exchange) throws IOException {
		String path = exchange.getRequestURI().getPath();
		try (exchange; InputStream in = PageServer.class.getResourceAsStream("/static" + path)) {
			if (in == null) {
				exchange.sendResponseHeaders(404, -1);
				return;
			}
			exchange.getResponseHeaders().set("Content-Type", contentType(path));
			byte[] content = in.readAllBytes();
			exchange.sendResponseHeaders(200, content.length);
			exchange.getResponseBody().write(content);
		}
	}

	private static String contentType(String path) {
		return path.endsWith("js") ? "text/javascript" : URLConnection.guessContentTypeFromName(path);
	}

	@Override
	public void close() {
		this.server.stop(0);
	}

}
