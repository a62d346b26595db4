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

package io.github.tusspring.storage.disk;

import java.time.Instant;
import java.util.Objects;

import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadAnswer;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadState;
import org.jspecify.annotations.Nullable;

/**
 * The record of an upload: all that doesn't follow from its bytes.
 *
 * @param asked what the client asked for, with the length as far as it is known
 * @param created when the upload was created
 * @param lateLength whether the length was declared when all bytes were stored
 * @param answer what the application said to the client at the end, or {@code null}
 * @param mark what changes often, or {@code null} in a record that tusd wrote
 */
record UploadInfo(NewUpload asked, Instant created, boolean lateLength, @Nullable UploadAnswer answer,
		@Nullable Mark mark) {

	static UploadInfo of(NewUpload upload, Instant created) {
		return new UploadInfo(upload, created, false, null, Mark.INITIAL);
	}

	UploadId id() {
		return this.asked.id();
	}

	@Nullable Long length() {
		return this.asked.length();
	}

	/**
	 * Joins this record with what the data file says.
	 * @param size the size of the data file
	 * @param modified when the data file was written last
	 * @return the upload
	 */
	Upload toUpload(long size, Instant modified) {
		Mark mark = markOrInitial();
		long offset = offset(size);
		if (mark.state() == UploadState.COMPLETED && length() != null) {
			// The application has taken all of it, whatever has become of the file since.
			offset = length();
		}
		return Upload.builder(this.asked, this.created)
			.offset(offset)
			.state(state(mark, offset))
			.modified(modified)
			.attempts(mark.attempts())
			.completed((mark.completed() != null) ? Instant.ofEpochMilli(mark.completed()) : null)
			.lateLength(this.lateLength)
			.answer(this.answer)
			.build();
	}

	/**
	 * Returns how many bytes count of a data file.
	 * @param size the size of the data file
	 */
	long offset(long size) {
		long offset = (markOrInitial().cut() >= 0) ? Math.min(size, markOrInitial().cut()) : size;
		// The file of a partial upload may go on with the rest of a final one.
		return (length() != null) ? Math.min(offset, length()) : offset;
	}

	/**
	 * Returns the state: a known length and a full file say {@link UploadState#FINISHING}
	 * without another word, and a file that has lost bytes since is one to go on with.
	 * What tusd has finished, it has delivered too.
	 */
	private UploadState state(Mark mark, long offset) {
		if (mark.state().isSettled()) {
			return mark.state();
		}
		if (length() == null || length() != offset) {
			return UploadState.RECEIVING;
		}
		if (this.asked.draft() > 0) {
			// That this is all, its client has to say.
			return mark.state();
		}
		boolean done = this.mark == null || this.asked.isPartial();
		return done ? UploadState.COMPLETED : UploadState.FINISHING;
	}

	Mark markOrInitial() {
		return (this.mark != null) ? this.mark : Mark.INITIAL;
	}

	boolean isReceiving() {
		return this.mark == null || this.mark.state() == UploadState.RECEIVING;
	}

	/**
	 * Whether this is a final upload whose parts were not concatenated as far as the
	 * record says: it has no data file before. tusd makes both at once.
	 */
	boolean mayWaitForParts() {
		return this.mark != null && isReceiving() && this.asked.isFinal();
	}

	UploadInfo withMark(Mark mark) {
		return new UploadInfo(this.asked, this.created, this.lateLength, this.answer, mark);
	}

	/**
	 * Returns this record with what may have changed in an upload.
	 */
	UploadInfo with(Upload upload) {
		long cut = (this.mark != null) ? this.mark.cut() : -1;
		return new UploadInfo(this.asked.mutate().length(upload.length()).digest(upload.asked().digest()).build(),
				this.created, upload.lateLength(), upload.answer(), new Mark(upload.state(), upload.attempts(), cut,
						(upload.completed() != null) ? upload.completed().toEpochMilli() : null));
	}

	/**
	 * Whether another record of the same upload differs in its mark at most, so that only
	 * this needs to be written.
	 */
	boolean isSameButForMark(UploadInfo other) {
		return this.mark != null && other.mark != null && Objects.equals(length(), other.length())
				&& this.asked.digest() == other.asked.digest() && this.lateLength == other.lateLength
				&& Objects.equals(this.answer, other.answer);
	}

	/**
	 * The part of a record that changes while bytes come and an upload is delivered.
	 *
	 * @param state the state that is stored
	 * @param attempts how often the upload's delivery was begun
	 * @param cut where to cut off bytes that were not verified, or -1 if there are none
	 * @param completed when the application had taken the upload, in milliseconds since
	 * 1970, or {@code null}
	 */
	record Mark(UploadState state, int attempts, long cut, @Nullable Long completed) {

		static final Mark INITIAL = new Mark(UploadState.RECEIVING, 0, -1);

		Mark(UploadState state, int attempts, long cut) {
			this(state, attempts, cut, null);
		}

		Mark withState(UploadState state) {
			return new Mark(state, this.attempts, this.cut, this.completed);
		}

		Mark withCut(long cut) {
			return new Mark(this.state, this.attempts, cut, this.completed);
		}

	}

}
