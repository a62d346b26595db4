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

package io.github.tusspring.actuate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * All of our meters, as {@code docs/metrics.md} lists them. Each has the tags
 * {@link TusMeterTag#ENDPOINT} and {@link TusMeterTag#PROTOCOL}, and those that are named
 * here.
 */
public enum TusMeter {

	/**
	 * Uploads that were created, parts of later ones too.
	 */
	UPLOADS_STARTED(Kind.COUNTER),

	/**
	 * Uploads that the application has taken. Parts aren't.
	 */
	UPLOADS_COMPLETED(Kind.COUNTER),

	/**
	 * Uploads that the application has refused, that may not be delivered, or whose
	 * client has contradicted itself.
	 */
	UPLOADS_REJECTED(Kind.COUNTER),

	/**
	 * Uploads that were removed at their client's or an operator's wish, or because the
	 * body of the request that created them was refused, or because their parts can't be
	 * put together.
	 */
	UPLOADS_TERMINATED(Kind.COUNTER),

	/**
	 * Uploads that have expired and were removed, and those that the store has lost.
	 */
	UPLOADS_EXPIRED(Kind.COUNTER),

	/**
	 * Appends that go on after an interrupted one, or after one by another instance.
	 */
	UPLOADS_RESUMED(Kind.COUNTER),

	/**
	 * Appends that have ended before their body.
	 */
	APPENDS_INTERRUPTED(Kind.COUNTER, TusMeterTag.REASON),

	/**
	 * Bytes that appends have taken, counted while they come; those that were discarded
	 * later too.
	 */
	BYTES_RECEIVED(Kind.COUNTER, "bytes"),

	/**
	 * Appends whose bytes didn't have the checksum that was promised.
	 */
	CHECKSUM_MISMATCHES(Kind.COUNTER),

	/**
	 * Answers of the 4xx family, and 507, to requests of upload protocols.
	 */
	REFUSALS(Kind.COUNTER, TusMeterTag.STATUS, TusMeterTag.REASON),

	/**
	 * Appends that ended because a newer request wanted their upload.
	 */
	TAKEOVERS(Kind.COUNTER),

	/**
	 * Appends that run now.
	 */
	APPENDS_ACTIVE(Kind.GAUGE),

	/**
	 * Full uploads that are being delivered or wait for it.
	 */
	UPLOADS_FINISHING(Kind.GAUGE),

	/**
	 * Bytes that are free where uploads are kept.
	 */
	STORAGE_FREE(Kind.GAUGE, "bytes"),

	/**
	 * Bytes of memory that a storage uses for what is under way to it.
	 */
	STORAGE_MEMORY_USED(Kind.GAUGE, "bytes"),

	/**
	 * The time from the creation of an upload to its completion.
	 */
	UPLOAD(Kind.TIMER),

	/**
	 * The time of an append, without the delivery that follows the last.
	 */
	APPEND(Kind.TIMER, TusMeterTag.OUTCOME),

	/**
	 * The time that the application takes for an upload.
	 */
	DELIVERY(Kind.TIMER, TusMeterTag.OUTCOME, TusMeterTag.KIND),

	/**
	 * The time of a call of the storage. Writing bytes isn't timed.
	 */
	STORAGE(Kind.TIMER, TusMeterTag.OPERATION, TusMeterTag.OUTCOME),

	/**
	 * The time that requests wait for an upload's lock.
	 */
	LOCK_WAIT(Kind.TIMER, TusMeterTag.OUTCOME);

	private final Kind kind;

	private final @Nullable String baseUnit;

	private final List<TusMeterTag> tags;

	TusMeter(Kind kind, TusMeterTag... tags) {
		this(kind, null, tags);
	}

	TusMeter(Kind kind, @Nullable String baseUnit, TusMeterTag... tags) {
		List<TusMeterTag> all = new ArrayList<>(List.of(TusMeterTag.ENDPOINT, TusMeterTag.PROTOCOL));
		all.addAll(List.of(tags));
		this.kind = kind;
		this.baseUnit = baseUnit;
		this.tags = List.copyOf(all);
	}

	/**
	 * Returns the meter's name.
	 * @return the name, with dots
	 */
	public String meterName() {
		return "tus." + name().toLowerCase(Locale.ROOT).replace('_', '.');
	}

	/**
	 * Returns what kind of meter it is.
	 * @return the kind
	 */
	public Kind kind() {
		return this.kind;
	}

	/**
	 * Returns what the meter counts in.
	 * @return the unit, or {@code null}
	 */
	public @Nullable String baseUnit() {
		return this.baseUnit;
	}

	/**
	 * Returns the meter's tags.
	 * @return the tags, in their order
	 */
	public List<TusMeterTag> tags() {
		return this.tags;
	}

	/**
	 * Returns the tags that not all meters have.
	 */
	List<TusMeterTag> ownTags() {
		return this.tags.subList(2, this.tags.size());
	}

	/**
	 * A kind of meter.
	 */
	public enum Kind {

		/**
		 * Counts up.
		 */
		COUNTER,

		/**
		 * Has a value that goes up and down.
		 */
		GAUGE,

		/**
		 * Counts and times.
		 */
		TIMER

	}

}
