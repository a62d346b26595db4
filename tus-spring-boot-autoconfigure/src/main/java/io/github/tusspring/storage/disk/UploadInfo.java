package io.github.tusspring.storage.disk;

import java.time.Instant;
import java.util.Objects;

import io.github.tusspring.upload.Concatenation;
import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadAnswer;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadMetadata;
import io.github.tusspring.upload.UploadState;
import org.jspecify.annotations.Nullable;

/**
 * The record of an upload: all that doesn't follow from its bytes.
 *
 * @param id the upload's id
 * @param length the length in bytes or {@code null}
 * @param metadata what the client says about the upload
 * @param created when the upload was created
 * @param owner the name of the principal that created the upload, or {@code null}
 * @param concatenation the part that the upload plays in a concatenation, or {@code null}
 * @param endpoint the path of the application's endpoint that the upload is for, or
 * {@code null}
 * @param lateLength whether the length was declared when all bytes were stored
 * @param answer what the application said to the client at the end, or {@code null}
 * @param remoteAddress the address of the client, or {@code null} if it needn't be kept
 * @param mark what changes often, or {@code null} in a record that tusd wrote
 */
record UploadInfo(UploadId id, @Nullable Long length, UploadMetadata metadata, Instant created, @Nullable String owner,
		@Nullable Concatenation concatenation, @Nullable String endpoint, boolean lateLength,
		@Nullable UploadAnswer answer, @Nullable String remoteAddress, @Nullable Mark mark) {

	static UploadInfo of(NewUpload upload, Instant created) {
		return new UploadInfo(upload.id(), upload.length(), upload.metadata(), created, upload.owner(),
				upload.concatenation(), upload.endpoint(), false, null, upload.remoteAddress(), Mark.INITIAL);
	}

	/**
	 * Joins this record with what the data file says.
	 * @param size the size of the data file
	 * @param modified when the data file was written last
	 * @return the upload
	 */
	Upload toUpload(long size, Instant modified) {
		Mark mark = markOrInitial();
		long offset = (mark.cut() >= 0) ? Math.min(size, mark.cut()) : size;
		if (this.length != null && offset > this.length) {
			// The file of a partial upload may go on with the rest of a final one.
			offset = this.length;
		}
		return new Upload(this.id, this.length, offset, this.metadata, state(mark, offset), this.created, modified,
				null, this.owner, this.concatenation, this.endpoint, mark.attempts(), this.lateLength, this.answer,
				this.remoteAddress);
	}

	/**
	 * Returns the state: a known length and a full file say {@link UploadState#FINISHING}
	 * without another word. What tusd has finished, it has delivered too.
	 */
	private UploadState state(Mark mark, long offset) {
		if (mark.state() != UploadState.RECEIVING || this.length == null || this.length != offset) {
			return mark.state();
		}
		boolean done = this.mark == null || this.concatenation instanceof Concatenation.Partial;
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
		return this.mark != null && isReceiving() && this.concatenation instanceof Concatenation.Final;
	}

	UploadInfo withMark(Mark mark) {
		return new UploadInfo(this.id, this.length, this.metadata, this.created, this.owner, this.concatenation,
				this.endpoint, this.lateLength, this.answer, this.remoteAddress, mark);
	}

	/**
	 * Returns this record with what may have changed in an upload.
	 */
	UploadInfo with(Upload upload) {
		long cut = (this.mark != null) ? this.mark.cut() : -1;
		return new UploadInfo(this.id, upload.length(), this.metadata, this.created, this.owner, this.concatenation,
				this.endpoint, upload.lateLength(), upload.answer(), this.remoteAddress,
				new Mark(upload.state(), upload.attempts(), cut));
	}

	/**
	 * Whether another record of the same upload differs in its mark at most, so that only
	 * this needs to be written.
	 */
	boolean isSameButForMark(UploadInfo other) {
		return this.mark != null && other.mark != null && Objects.equals(this.length, other.length)
				&& this.lateLength == other.lateLength && Objects.equals(this.answer, other.answer);
	}

	/**
	 * The part of a record that changes while bytes come and an upload is delivered.
	 *
	 * @param state the state that is stored
	 * @param attempts how often the upload's delivery was begun
	 * @param cut where to cut off bytes that were not verified, or -1 if there are none
	 */
	record Mark(UploadState state, int attempts, long cut) {

		static final Mark INITIAL = new Mark(UploadState.RECEIVING, 0, -1);

		Mark withState(UploadState state) {
			return new Mark(state, this.attempts, this.cut);
		}

		Mark withCut(long cut) {
			return new Mark(this.state, this.attempts, cut);
		}

	}

}
