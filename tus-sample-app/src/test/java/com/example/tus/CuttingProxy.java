/*
 * Copyright 2026-present the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package com.example.tus;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Passes bytes between a client and a server, slowly if asked to, and cuts connections
 * the ways networks do.
 */
final class CuttingProxy implements Closeable {

	/**
	 * How much of what a client sends waits here. Left to the system it might be all, and
	 * the client would be at its end at once.
	 */
	private static final int BUFFER = 64 * 1024;

	private final ServerSocket listener;

	private final int target;

	private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

	private final AtomicInteger cuts = new AtomicInteger();

	private volatile long bytesPerSecond = Long.MAX_VALUE;

	private long bytesBeforeCut;

	private Cut cut;

	CuttingProxy(int target) throws IOException {
		this.listener = new ServerSocket();
		this.listener.setReceiveBufferSize(BUFFER);
		this.listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
		this.target = target;
		start(this::accept);
	}

	int port() {
		return this.listener.getLocalPort();
	}

	/**
	 * Limits how fast each connection sends to the server.
	 */
	void slowDown(long bytesPerSecond) {
		this.bytesPerSecond = bytesPerSecond;
	}

	/**
	 * Cuts one connection when so many more bytes have been sent to the server over all.
	 */
	synchronized void cutAfter(long bytes, Cut cut) {
		this.bytesBeforeCut = bytes;
		this.cut = cut;
	}

	/**
	 * Cuts all connections, and drops what is on its way.
	 */
	void cut() throws IOException {
		for (Socket socket : this.sockets) {
			socket.close();
		}
		this.sockets.clear();
	}

	int cuts() {
		return this.cuts.get();
	}

	private void accept() {
		while (!this.listener.isClosed()) {
			try {
				Socket client = this.listener.accept();
				Socket server = new Socket(InetAddress.getLoopbackAddress(), this.target);
				this.sockets.add(client);
				this.sockets.add(server);
				Link link = new Link(client, server);
				start(link::up);
				start(link::down);
			}
			catch (IOException ex) {
				// The listener is closed, or the server is down: the client sees it.
			}
		}
	}

	private static void start(Runnable task) {
		Thread thread = new Thread(task, "proxy");
		thread.setDaemon(true);
		thread.start();
	}

	/**
	 * Counts bytes on their way.
	 * @return how many of them may pass before the connection is cut, or -1
	 */
	private synchronized int count(int bytes) {
		if (this.cut == null) {
			return -1;
		}
		if (bytes < this.bytesBeforeCut) {
			this.bytesBeforeCut -= bytes;
			return -1;
		}
		return (int) this.bytesBeforeCut;
	}

	private synchronized Cut takeCut() {
		Cut cut = this.cut;
		this.cut = null;
		return cut;
	}

	@Override
	public void close() throws IOException {
		this.listener.close();
		cut();
	}

	/**
	 * Ways to lose a connection.
	 */
	enum Cut {

		/**
		 * Both sides see an orderly end.
		 */
		CLOSE,

		/**
		 * Both sides see a reset.
		 */
		RESET,

		/**
		 * The client sees an end, the server hears nothing ever more: a network that was
		 * left.
		 */
		SILENCE,

		/**
		 * All bytes arrive, and the answer is lost.
		 */
		LOST_ANSWER

	}

	private final class Link {

		private final Socket client;

		private final Socket server;

		/**
		 * Whether the server is to go on believing in the connection.
		 */
		private volatile boolean silent;

		private volatile boolean answerLost;

		Link(Socket client, Socket server) {
			this.client = client;
			this.server = server;
		}

		void up() {
			byte[] buffer = new byte[64 * 1024];
			try {
				InputStream in = this.client.getInputStream();
				OutputStream out = this.server.getOutputStream();
				for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
					int allowed = count(n);
					out.write(buffer, 0, (allowed >= 0) ? allowed : n);
					if (allowed >= 0) {
						Cut cut = takeCut();
						if (cut == Cut.LOST_ANSWER) {
							this.answerLost = true;
							out.write(buffer, allowed, n - allowed);
							continue;
						}
						cut(cut);
						return;
					}
					if (n * 1000L / CuttingProxy.this.bytesPerSecond > 0) {
						Thread.sleep(n * 1000L / CuttingProxy.this.bytesPerSecond);
					}
				}
				this.server.shutdownOutput();
			}
			catch (IOException | InterruptedException ex) {
				closeQuietly(this.client);
				closeQuietly(this.server);
			}
		}

		void down() {
			byte[] buffer = new byte[64 * 1024];
			try {
				InputStream in = this.server.getInputStream();
				OutputStream out = this.client.getOutputStream();
				for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
					if (this.answerLost) {
						CuttingProxy.this.cuts.incrementAndGet();
						break;
					}
					out.write(buffer, 0, n);
				}
			}
			catch (IOException ex) {
				// Cut, or ended by one of them: the end of the client's side says so.
			}
			closeQuietly(this.client);
			if (!this.silent) {
				closeQuietly(this.server);
			}
		}

		private void cut(Cut cut) throws IOException {
			CuttingProxy.this.cuts.incrementAndGet();
			if (cut == Cut.SILENCE) {
				this.silent = true;
			}
			else {
				if (cut == Cut.RESET) {
					this.client.setSoLinger(true, 0);
					this.server.setSoLinger(true, 0);
				}
				closeQuietly(this.server);
			}
			closeQuietly(this.client);
		}

		private static void closeQuietly(Socket socket) {
			try {
				socket.close();
			}
			catch (IOException ex) {
				// It is gone.
			}
		}

	}

}
