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

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * An upload as it is at a moment. Immutable; a later look at the same upload gives
 * another instance. Has what the client asked for, and what has become of it.
 */
public final class Upload {

	private final NewUpload asked;

	private final Builder values;

	private Upload(NewUpload asked, Builder values) {
		this.asked = asked;
		this.values = values;
	}

	/**
	 * Begins an upload without a byte.
	 * @param asked what the client asked for
	 * @param created when the upload was created
	 * @return a builder
	 */
	public static Builder builder(NewUpload asked, Instant created) {
		return new Builder(asked, created);
	}

	/**
	 * Returns a builder that begins with all that this upload has.
	 * @return a builder
	 */
	public Builder mutate() {
		return this.values.copy();
	}

	/**
	 * Returns what the client asked for, with the length that it may have declared since.
	 * @return what was asked for
	 */
	public NewUpload asked() {
		return this.asked;
	}

	/**
	 * Returns the id.
	 * @return the id
	 */
	public UploadId id() {
		return this.asked.id();
	}

	/**
	 * Returns the length that the finished upload will have.
	 * @return the length in bytes, or {@code null} as long as the client has not said
	 */
	public @Nullable Long length() {
		return this.asked.length();
	}

	/**
	 * Returns what the client says about the upload.
	 * @return the metadata
	 */
	public UploadMetadata metadata() {
		return this.asked.metadata();
	}

	/**
	 * Returns whose upload this is.
	 * @return the name of the principal that created the upload, or {@code null}
	 */
	public @Nullable String owner() {
		return this.asked.owner();
	}

	/**
	 * Returns the part that the upload plays in a concatenation.
	 * @return the part, or {@code null}
	 */
	public @Nullable Concatenation concatenation() {
		return this.asked.concatenation();
	}

	/**
	 * Returns the path of the application's own endpoint that the upload is for.
	 * @return the path, or {@code null} if the upload is delivered as an event
	 */
	public @Nullable String endpoint() {
		return this.asked.endpoint();
	}

	/**
	 * Returns the path under which the endpoint is configured: what is configured there
	 * holds for the upload.
	 * @return the path, in which variables have their names, or {@code null} if nothing
	 * is configured for the endpoint
	 */
	public @Nullable String endpointPattern() {
		return this.asked.endpointPattern();
	}

	/**
	 * Returns the address of the client that created the upload.
	 * @return the address, or {@code null} if it didn't have to be kept
	 */
	public @Nullable String remoteAddress() {
		return this.asked.remoteAddress();
	}

	/**
	 * Returns the version of Resumable Uploads for HTTP in which the client speaks of the
	 * upload.
	 * @return the draft's interop version, or 0 if the client speaks tus
	 */
	public int draft() {
		return this.asked.draft();
	}

	/**
	 * Returns when the upload was created.
	 * @return the time
	 */
	public Instant created() {
		return this.values.created;
	}

	/**
	 * Returns how many bytes are stored and counted.
	 * @return the offset in bytes
	 */
	public long offset() {
		return this.values.offset;
	}

	/**
	 * Returns the state.
	 * @return the state
	 */
	public UploadState state() {
		return this.values.state;
	}

	/**
	 * Returns when bytes were stored last.
	 * @return the time
	 */
	public Instant modified() {
		return this.values.modified;
	}

	/**
	 * Returns when the application had taken the upload.
	 * @return the time, or {@code null} if it has not, or is not known to have
	 */
	public @Nullable Instant completed() {
		return this.values.completed;
	}

	/**
	 * Returns when the upload will expire if nothing more comes.
	 * @return the time, or {@code null} if it will not
	 */
	public @Nullable Instant expires() {
		return this.values.expires;
	}

	/**
	 * Returns how often the upload's delivery to the application was begun.
	 * @return the number of attempts
	 */
	public int attempts() {
		return this.values.attempts;
	}

	/**
	 * Returns whether the length was only declared when all bytes were stored, so that
	 * the client knows of every byte.
	 * @return {@code true} if it was
	 */
	public boolean lateLength() {
		return this.values.lateLength;
	}

	/**
	 * Returns what the application said to the client at the end.
	 * @return the answer, or {@code null}
	 */
	public @Nullable UploadAnswer answer() {
		return this.values.answer;
	}

	/**
	 * Returns until when another instance of the application is known to deliver the
	 * upload.
	 * @return the time, which may be over, or {@code null}
	 */
	public @Nullable Instant claimed() {
		return this.values.claimed;
	}

	/**
	 * Returns what the storage recognizes this look at the upload by.
	 * @return a value of the storage's own, or {@code null}
	 */
	public @Nullable Object version() {
		return this.values.version;
	}

	/**
	 * Whether another instance of the application delivers the upload.
	 * @param now the time to compare with
	 * @return {@code true} if it does as far as is known
	 */
	public boolean isClaimed(Instant now) {
		return claimed() != null && claimed().isAfter(now);
	}

	/**
	 * Whether this is a piece of a later final upload.
	 * @return {@code true} for a partial upload
	 */
	public boolean isPartial() {
		return this.asked.isPartial();
	}

	/**
	 * Whether this is a concatenation of other uploads.
	 * @return {@code true} for a final upload
	 */
	public boolean isFinal() {
		return this.asked.isFinal();
	}

	/**
	 * Whether all bytes are stored.
	 * @return {@code true} if the length is known and reached, and the client has said
	 * that this is all where the protocol wants it to
	 */
	public boolean isFull() {
		if (draft() > 0) {
			return state() != UploadState.RECEIVING;
		}
		return length() != null && length() == offset();
	}

	/**
	 * Whether the upload's time is over.
	 * @param now the time to compare with
	 * @return {@code true} if it has expired
	 */
	public boolean isExpired(Instant now) {
		return expires() != null && !expires().isAfter(now);
	}

	/**
	 * Returns this upload with another length.
	 * @param length the length in bytes
	 * @return the changed upload; its length counts as declared late if all its bytes are
	 * there already
	 */
	public Upload withLength(long length) {
		return mutate().length(length).lateLength(length == offset()).build();
	}

	/**
	 * Returns what a client may hear of a full upload whose delivery has failed: one byte
	 * less than there is, which is no less than it ever heard, so that it sends the last
	 * byte again and hears of the next delivery. One that declared the length after the
	 * last byte heard more: it is to declare the length again. One that has to say when
	 * the upload is complete may know it all, and says it again.
	 */
	Upload withoutLastByte() {
		if (draft() > 0) {
			return this;
		}
		return (lateLength() || offset() == 0) ? mutate().length(null).build() : withOffset(offset() - 1);
	}

	/**
	 * Returns this upload with another offset.
	 * @param offset the offset in bytes
	 * @return the changed upload
	 */
	public Upload withOffset(long offset) {
		return mutate().offset(offset).build();
	}

	/**
	 * Returns this upload with other metadata.
	 * @param metadata what is said about the upload
	 * @return the changed upload
	 */
	public Upload withMetadata(UploadMetadata metadata) {
		return mutate().asked(this.asked.mutate().metadata(metadata).build()).build();
	}

	/**
	 * Returns this upload in another state.
	 * @param state the state
	 * @return the changed upload
	 */
	public Upload withState(UploadState state) {
		return mutate().state(state).build();
	}

	/**
	 * Returns this upload at the next attempt of its delivery.
	 * @return the changed upload, {@link UploadState#FINISHING}
	 */
	public Upload withNextAttempt() {
		return mutate().state(UploadState.FINISHING).attempts(attempts() + 1).build();
	}

	/**
	 * Returns this upload with another time of its last activity.
	 * @param modified when bytes were stored last
	 * @return the changed upload
	 */
	public Upload withModified(Instant modified) {
		return mutate().modified(modified).build();
	}

	/**
	 * Returns this upload with another time of expiry.
	 * @param expires the time or {@code null}
	 * @return the changed upload
	 */
	public Upload withExpires(@Nullable Instant expires) {
		return mutate().expires(expires).build();
	}

	/**
	 * Returns this upload with the application's answer.
	 * @param answer the answer or {@code null}
	 * @return the changed upload
	 */
	public Upload withAnswer(@Nullable UploadAnswer answer) {
		return mutate().answer(answer).build();
	}

	@Override
	public String toString() {
		return "Upload '" + id().abbreviated() + "' (" + state() + ", " + offset() + " of "
				+ ((length() != null) ? length() : "unknown") + " bytes)";
	}

	/**
	 * Makes uploads. Not thread-safe.
	 */
	public static final class Builder implements Cloneable {

		private NewUpload asked;

		private Instant created;

		private long offset;

		private UploadState state = UploadState.RECEIVING;

		private Instant modified;

		private @Nullable Instant completed;

		private @Nullable Instant expires;

		private int attempts;

		private boolean lateLength;

		private @Nullable UploadAnswer answer;

		private @Nullable Instant claimed;

		private @Nullable Object version;

		private Builder(NewUpload asked, Instant created) {
			this.asked = asked;
			this.created = created;
			this.modified = created;
		}

		/**
		 * Sets what the client asked for.
		 * @param asked what was asked for
		 * @return this builder
		 */
		public Builder asked(NewUpload asked) {
			this.asked = asked;
			return this;
		}

		/**
		 * Sets the length that the finished upload will have.
		 * @param length the length in bytes, or {@code null} as long as it is not known
		 * @return this builder
		 */
		public Builder length(@Nullable Long length) {
			return asked(this.asked.mutate().length(length).build());
		}

		/**
		 * Sets when the upload was created.
		 * @param created the time
		 * @return this builder
		 */
		public Builder created(Instant created) {
			this.created = created;
			return this;
		}

		/**
		 * Sets how many bytes are stored and counted.
		 * @param offset the offset in bytes
		 * @return this builder
		 */
		public Builder offset(long offset) {
			this.offset = offset;
			return this;
		}

		/**
		 * Sets the state.
		 * @param state the state
		 * @return this builder
		 */
		public Builder state(UploadState state) {
			this.state = state;
			return this;
		}

		/**
		 * Sets when bytes were stored last.
		 * @param modified the time
		 * @return this builder
		 */
		public Builder modified(Instant modified) {
			this.modified = modified;
			return this;
		}

		/**
		 * Sets when the application had taken the upload.
		 * @param completed the time, or {@code null} if it has not
		 * @return this builder
		 */
		public Builder completed(@Nullable Instant completed) {
			this.completed = completed;
			return this;
		}

		/**
		 * Sets when the upload will expire if nothing more comes.
		 * @param expires the time, or {@code null} if it will not
		 * @return this builder
		 */
		public Builder expires(@Nullable Instant expires) {
			this.expires = expires;
			return this;
		}

		/**
		 * Sets how often the upload's delivery to the application was begun.
		 * @param attempts the number of attempts
		 * @return this builder
		 */
		public Builder attempts(int attempts) {
			this.attempts = attempts;
			return this;
		}

		/**
		 * Sets until when another instance of the application delivers the upload.
		 * @param claimed the time or {@code null}
		 * @return this builder
		 */
		public Builder claimed(@Nullable Instant claimed) {
			this.claimed = claimed;
			return this;
		}

		/**
		 * Sets what the storage recognizes this look at the upload by.
		 * @param version a value of the storage's own, or {@code null}
		 * @return this builder
		 */
		public Builder version(@Nullable Object version) {
			this.version = version;
			return this;
		}

		/**
		 * Sets whether the length was only declared when all bytes were stored, so that
		 * the client knows of every byte.
		 * @param lateLength {@code true} if it was
		 * @return this builder
		 */
		public Builder lateLength(boolean lateLength) {
			this.lateLength = lateLength;
			return this;
		}

		/**
		 * Sets what the application said to the client at the end.
		 * @param answer the answer, or {@code null}
		 * @return this builder
		 */
		public Builder answer(@Nullable UploadAnswer answer) {
			this.answer = answer;
			return this;
		}

		private Builder copy() {
			try {
				return (Builder) clone();
			}
			catch (CloneNotSupportedException ex) {
				throw new IllegalStateException(ex);
			}
		}

		/**
		 * Makes the upload. The builder can be used again.
		 * @return the upload
		 */
		public Upload build() {
			return new Upload(this.asked, copy());
		}

	}

}
