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

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * What a client asks for: an upload that does not exist yet. Immutable; made by a
 * {@link #builder builder}.
 */
public final class NewUpload {

	private final Builder values;

	private NewUpload(Builder values) {
		this.values = values;
	}

	/**
	 * Begins a new upload, without a length as long as none is given.
	 * @param id the id that it is going to have
	 * @return a builder
	 */
	public static Builder builder(UploadId id) {
		return new Builder(id);
	}

	/**
	 * Returns a builder that begins with all that this upload has.
	 * @return a builder
	 */
	public Builder mutate() {
		return this.values.copy();
	}

	/**
	 * Returns the id that the upload is going to have.
	 * @return the id
	 */
	public UploadId id() {
		return this.values.id;
	}

	/**
	 * Returns the length that the upload is going to have.
	 * @return the length in bytes, or {@code null} if the client will declare it later
	 */
	public @Nullable Long length() {
		return this.values.length;
	}

	/**
	 * Returns what the client says about the upload.
	 * @return the metadata
	 */
	public UploadMetadata metadata() {
		return this.values.metadata;
	}

	/**
	 * Returns whose upload it is.
	 * @return the name of the client's principal, or {@code null}
	 */
	public @Nullable String owner() {
		return this.values.owner;
	}

	/**
	 * Returns the part that the upload plays in a concatenation.
	 * @return the part, or {@code null}
	 */
	public @Nullable Concatenation concatenation() {
		return this.values.concatenation;
	}

	/**
	 * Returns the path of the application's own endpoint that the upload is for.
	 * @return the path, or {@code null} if the upload is delivered as an event
	 */
	public @Nullable String endpoint() {
		return this.values.endpoint;
	}

	/**
	 * Returns the path under which the endpoint is configured: what is configured there
	 * holds for the upload.
	 * @return the path, in which variables have their names, or {@code null} if nothing
	 * is configured for the endpoint
	 */
	public @Nullable String endpointPattern() {
		return this.values.endpointPattern;
	}

	/**
	 * Returns the address of the client that creates the upload.
	 * @return the address, or {@code null} if it isn't known or needn't be kept
	 */
	public @Nullable String remoteAddress() {
		return this.values.remoteAddress;
	}

	/**
	 * Whether this is a piece of a later final upload.
	 * @return {@code true} for a partial upload
	 */
	public boolean isPartial() {
		return concatenation() instanceof Concatenation.Partial;
	}

	/**
	 * Whether this is a concatenation of other uploads.
	 * @return {@code true} for a final upload
	 */
	public boolean isFinal() {
		return concatenation() instanceof Concatenation.Final;
	}

	/**
	 * Returns the version of Resumable Uploads for HTTP in which the client speaks of the
	 * upload. Such an upload is complete when its client says so, whatever its length.
	 * @return the draft's interop version, or 0 if the client speaks tus
	 */
	public int draft() {
		return this.values.draft;
	}

	/**
	 * Returns the checksum that all of the content is expected to have.
	 * @return the checksum, or {@code null}
	 */
	public @Nullable Checksum digest() {
		return this.values.digest;
	}

	/**
	 * Returns this upload with another id.
	 * @param id the id
	 * @return the changed upload
	 */
	public NewUpload withId(UploadId id) {
		return mutate().id(id).build();
	}

	/**
	 * Returns this upload with another length.
	 * @param length the length in bytes
	 * @return the changed upload
	 */
	public NewUpload withLength(long length) {
		return mutate().length(length).build();
	}

	/**
	 * Returns this upload with other metadata.
	 * @param metadata the metadata
	 * @return the changed upload
	 */
	public NewUpload withMetadata(UploadMetadata metadata) {
		return mutate().metadata(metadata).build();
	}

	@Override
	public String toString() {
		return "NewUpload '" + id().abbreviated() + "'";
	}

	/**
	 * Makes new uploads. Not thread-safe.
	 */
	public static final class Builder implements Cloneable {

		private UploadId id;

		private @Nullable Long length;

		private UploadMetadata metadata = UploadMetadata.EMPTY;

		private @Nullable String owner;

		private @Nullable Concatenation concatenation;

		private @Nullable String endpoint;

		private @Nullable String endpointPattern;

		private @Nullable String remoteAddress;

		private int draft;

		private @Nullable Checksum digest;

		private Builder(UploadId id) {
			Assert.notNull(id, "'id' must not be null");
			this.id = id;
		}

		/**
		 * Sets the id that the upload is going to have.
		 * @param id the id
		 * @return this builder
		 */
		public Builder id(UploadId id) {
			Assert.notNull(id, "'id' must not be null");
			this.id = id;
			return this;
		}

		/**
		 * Sets the length that the upload is going to have.
		 * @param length the length in bytes, or {@code null} if the client will declare
		 * it later
		 * @return this builder
		 */
		public Builder length(@Nullable Long length) {
			Assert.isTrue(length == null || length >= 0, "'length' must not be negative");
			this.length = length;
			return this;
		}

		/**
		 * Sets what the client says about the upload.
		 * @param metadata the metadata
		 * @return this builder
		 */
		public Builder metadata(UploadMetadata metadata) {
			Assert.notNull(metadata, "'metadata' must not be null");
			this.metadata = metadata;
			return this;
		}

		/**
		 * Sets whose upload it is.
		 * @param owner the name of the client's principal, or {@code null}
		 * @return this builder
		 */
		public Builder owner(@Nullable String owner) {
			this.owner = owner;
			return this;
		}

		/**
		 * Sets the part that the upload plays in a concatenation.
		 * @param concatenation the part, or {@code null}
		 * @return this builder
		 */
		public Builder concatenation(@Nullable Concatenation concatenation) {
			this.concatenation = concatenation;
			return this;
		}

		/**
		 * Sets the path of the application's own endpoint that the upload is for.
		 * @param endpoint the path, or {@code null} if the upload is delivered as an
		 * event
		 * @return this builder
		 */
		public Builder endpoint(@Nullable String endpoint) {
			this.endpoint = endpoint;
			return this;
		}

		/**
		 * Sets the path under which the endpoint is configured.
		 * @param endpointPattern the path, or {@code null} if nothing is configured for
		 * the endpoint
		 * @return this builder
		 */
		public Builder endpointPattern(@Nullable String endpointPattern) {
			this.endpointPattern = endpointPattern;
			return this;
		}

		/**
		 * Sets the address of the client that creates the upload.
		 * @param remoteAddress the address, or {@code null} if it isn't known or needn't
		 * be kept
		 * @return this builder
		 */
		public Builder remoteAddress(@Nullable String remoteAddress) {
			this.remoteAddress = remoteAddress;
			return this;
		}

		/**
		 * Sets the version of Resumable Uploads for HTTP in which the client speaks of
		 * the upload.
		 * @param draft the draft's interop version, or 0 if the client speaks tus
		 * @return this builder
		 */
		public Builder draft(int draft) {
			this.draft = draft;
			return this;
		}

		/**
		 * Sets the checksum that all of the content is expected to have.
		 * @param digest the checksum, or {@code null}
		 * @return this builder
		 */
		public Builder digest(@Nullable Checksum digest) {
			this.digest = digest;
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
		public NewUpload build() {
			return new NewUpload(copy());
		}

	}

}
