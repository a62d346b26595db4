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

package io.github.tusspring.upload;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.core.io.Resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Digests of whole uploads.
 */
class UploadDigestTests {

	private static final UploadId ID = UploadId.of("a");

	private static final int LONGEST = 1024 * 1024;

	private final UploadStorage disk;

	private final TestEngine engine;

	private boolean broken;

	UploadDigestTests(@TempDir Path directory) {
		this.disk = TestEngine.disk(directory);
		this.engine = new TestEngine(new ForwardingUploadStorage(this.disk) {

			@Override
			public Resource content(Upload upload) {
				if (UploadDigestTests.this.broken) {
					throw new IllegalStateException("The disk is broken");
				}
				return super.content(upload);
			}

		});
	}

	private Upload complete(byte[] content, Checksum expected) {
		this.engine.create(NewUpload.builder(ID).length((long) content.length).digest(expected).build());
		AppendSession session = this.engine.begin("a", 0);
		session.write(ByteBuffer.wrap(content));
		return session.complete(() -> null).upload();
	}

	private Checksum digest(Upload upload, ChecksumAlgorithm... algorithms) {
		return this.engine.service.digest(upload, List.of(algorithms));
	}

	private static Checksum checksum(ChecksumAlgorithm algorithm, byte[] content) {
		ChecksumAlgorithm.Calculation calculation = algorithm.start();
		calculation.update(ByteBuffer.wrap(content));
		return new Checksum(algorithm, calculation.value());
	}

	private static void assertSame(Checksum actual, Checksum expected) {
		assertThat(Checksum.write(actual)).isEqualTo(Checksum.write(expected));
	}

	@Test
	void whenADigestWasVerifiedThenItIsToldWithoutReadingTheContent() {
		byte[] content = { 1, 2, 3 };
		Checksum verified = checksum(ChecksumAlgorithm.SHA256, content);
		Upload upload = complete(content, verified);
		this.broken = true;
		assertSame(digest(upload, ChecksumAlgorithm.SHA512, ChecksumAlgorithm.SHA256), verified);
	}

	@Test
	void whenAnotherAlgorithmIsWantedThenTheContentIsRead() {
		byte[] content = { 1, 2, 3 };
		Upload upload = complete(content, checksum(ChecksumAlgorithm.SHA256, content));
		assertSame(digest(upload, ChecksumAlgorithm.SHA512, ChecksumAlgorithm.SHA1),
				checksum(ChecksumAlgorithm.SHA512, content));
	}

	@Test
	void whenTheContentIsLongThenItIsNotReadForADigest() {
		byte[] content = new byte[LONGEST];
		assertSame(digest(complete(content, null), ChecksumAlgorithm.SHA1), checksum(ChecksumAlgorithm.SHA1, content));
		this.engine.uploads.delete(ID);
		assertThat(digest(complete(new byte[LONGEST + 1], null), ChecksumAlgorithm.SHA1)).isNull();
	}

	@Test
	void whenNoAlgorithmWillDoThenThereIsNoDigest() {
		assertThat(digest(complete(new byte[] { 1 }, null))).isNull();
	}

	@Test
	void whenTheUploadIsNotCompleteThenThereIsNoDigest() {
		Checksum expected = checksum(ChecksumAlgorithm.SHA1, new byte[] { 1 });
		Upload upload = this.engine.create(NewUpload.builder(ID).length(1L).digest(expected).build()).upload();
		assertThat(digest(upload, ChecksumAlgorithm.SHA1)).isNull();
	}

	@Test
	void whenTheContentIsGoneThenThereIsNoDigest() throws IOException {
		Upload upload = complete(new byte[] { 1 }, null);
		this.disk.deleteContent(upload);
		assertThat(digest(upload, ChecksumAlgorithm.SHA1)).isNull();
	}

	@Test
	void whenTheContentCanNotBeReadThenThereIsNoDigest() {
		Upload upload = complete(new byte[] { 1 }, null);
		this.broken = true;
		assertThat(digest(upload, ChecksumAlgorithm.SHA1)).isNull();
	}

	@Test
	void whenTheContentCanNotBeReadToVerifyItThenThatIsTriedAgain() {
		byte[] content = { 1, 2, 3 };
		this.broken = true;
		assertThatExceptionOfType(IllegalStateException.class)
			.isThrownBy(() -> complete(content, checksum(ChecksumAlgorithm.SHA256, content)));
		this.engine.locker.tryLock(ID).close();
		assertThat(this.engine.attempts("a")).isEmpty();
		this.broken = false;
		this.engine.scheduler.run();
		assertThat(this.engine.attempts("a")).containsExactly(2);
	}

}
