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

package io.github.tusspring.example;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

import com.sun.net.httpserver.HttpExchange;
import io.github.tusspring.upload.StopReason;
import io.github.tusspring.web.BodyReceiver;
import io.github.tusspring.web.BodyTransfer;
import io.github.tusspring.web.ExchangeAnswer;
import org.jspecify.annotations.Nullable;

/**
 * Brings a body to its receiver with a thread that waits for the client. Another thread
 * may end that: the lock makes sure that the receiver never hears of both.
 */
final class JdkBodyTransfer implements BodyTransfer {

	private static final int BUFFER_SIZE = 64 * 1024;

	private final ReentrantLock lock = new ReentrantLock();

	private final HttpExchange exchange;

	private volatile @Nullable BodyReceiver receiver;

	private volatile @Nullable Thread reader;

	private volatile @Nullable StopReason stop;

	private volatile boolean done;

	JdkBodyTransfer(HttpExchange exchange) {
		this.exchange = exchange;
	}

	@Override
	public void start(BodyReceiver receiver) {
		this.reader = Thread.currentThread();
		this.receiver = receiver;
		settle();
		byte[] buffer = new byte[BUFFER_SIZE];
		InputStream body = this.exchange.getRequestBody();
		try {
			while (!this.done) {
				int count = body.read(buffer);
				step((to) -> (count < 0) ? to.end((trailer) -> null) : to.receive(ByteBuffer.wrap(buffer, 0, count)));
			}
		}
		catch (IOException ex) {
			step((to) -> {
				to.fail();
				this.done = true;
				return null;
			});
			this.exchange.close();
		}
		// The thread is going to serve other requests.
		Thread.interrupted();
	}

	private void step(Function<BodyReceiver, @Nullable ExchangeAnswer> call) {
		this.lock.lock();
		try {
			if (!this.done) {
				ExchangeAnswer answer = call.apply(this.receiver);
				if (answer != null) {
					this.done = true;
					JdkTusExchange.write(this.exchange, answer);
				}
			}
		}
		catch (IOException ex) {
			this.exchange.close();
		}
		finally {
			this.lock.unlock();
		}
		settle();
	}

	@Override
	public void stop(StopReason reason) {
		this.stop = reason;
		settle();
	}

	/**
	 * Fulfils the wish to stop, unless another thread is at work: that looks again when
	 * it has let go.
	 */
	private void settle() {
		StopReason reason = this.stop;
		BodyReceiver stopped = this.receiver;
		if (reason != null && stopped != null && !this.done && this.lock.tryLock()) {
			try {
				if (!this.done) {
					this.done = true;
					interrupt(stopped.stop(reason));
				}
			}
			finally {
				this.lock.unlock();
			}
		}
	}

	/**
	 * Answers while the reader waits for bytes, and then closes the connection under it.
	 */
	private void interrupt(@Nullable ExchangeAnswer answer) {
		try {
			if (answer != null) {
				answer.headers().forEach(this.exchange.getResponseHeaders()::set);
				this.exchange.getResponseHeaders().set("Connection", "close");
				this.exchange.sendResponseHeaders(answer.status(), answer.body().length);
				this.exchange.getResponseBody().write(answer.body());
				this.exchange.getResponseBody().flush();
			}
		}
		catch (IOException ex) {
			// The client has gone.
		}
		this.reader.interrupt();
	}

}
