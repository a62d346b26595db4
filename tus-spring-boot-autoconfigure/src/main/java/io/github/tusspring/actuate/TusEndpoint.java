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

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;

import io.github.tusspring.upload.EndpointRules;
import io.github.tusspring.upload.FinishingUploads;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadLockedException;
import io.github.tusspring.upload.UploadOperations;
import io.github.tusspring.upload.UploadState;
import io.github.tusspring.upload.UploadStorageException;
import io.github.tusspring.upload.UploadUnavailableException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.util.StringUtils;

/**
 * The actuator's endpoint {@code tus}: what is configured, what goes on, and what may be
 * done about it.
 */
@WebEndpoint(id = "tus")
public final class TusEndpoint {

	private static final Log logger = LogFactory.getLog(TusEndpoint.class);

	private static final int PAGE = 50;

	private static final int MAX_PAGE = 1000;

	private static final int CONFLICT = 409;

	private static final String HIDDEN = "******";

	private final UploadOperations operations;

	private final FinishingUploads finishing;

	private final Map<String, Object> settings;

	private final Show showValues;

	private final Set<String> roles;

	/**
	 * Creates an endpoint.
	 * @param operations looks at uploads and does things with them
	 * @param finishing knows what waits for its delivery
	 * @param settings what is configured
	 * @param showValues when values of metadata are shown
	 * @param roles the roles of those who may see them, or none for all who are
	 * authenticated
	 */
	public TusEndpoint(UploadOperations operations, FinishingUploads finishing, Map<String, Object> settings,
			Show showValues, Set<String> roles) {
		this.operations = operations;
		this.finishing = finishing;
		this.settings = settings;
		this.showValues = showValues;
		this.roles = roles;
	}

	/**
	 * Shows what is configured, what goes on in this instance, and a page of uploads.
	 * @param cursor where the page begins: what the page before said
	 * @param state only uploads in this state
	 * @param endpoint only uploads for this endpoint of the application's own, which may
	 * be its template, or {@code default} for those that are for none
	 * @param owner only uploads of this owner
	 * @param olderThan only uploads that were created longer ago
	 * @param limit how many uploads, 50 if not said and 1,000 at most
	 * @param context who asks
	 * @return the page, or status 503 if the storage is away
	 */
	@ReadOperation
	public WebEndpointResponse<Page> uploads(@Nullable String cursor, @Nullable UploadState state,
			@Nullable String endpoint, @Nullable String owner, @Nullable Duration olderThan, @Nullable Integer limit,
			SecurityContext context) {
		return answer(() -> new WebEndpointResponse<>(
				page(cursor, filter(state, endpoint, owner, olderThan), limit, context)));
	}

	private Page page(@Nullable String cursor, Predicate<Upload> filter, @Nullable Integer limit,
			SecurityContext context) {
		int size = Math.max(1, Math.min((limit != null) ? limit : PAGE, MAX_PAGE));
		List<Upload> found = this.operations.page(cursor, size + 1, filter);
		List<Upload> page = found.subList(0, Math.min(size, found.size()));
		String next = (found.size() > size) ? page.get(size - 1).id().toString() : null;
		return new Page(this.settings, counts(), page.stream().map((upload) -> describe(upload, context)).toList(),
				next);
	}

	private static Predicate<Upload> filter(@Nullable UploadState state, @Nullable String endpoint,
			@Nullable String owner, @Nullable Duration olderThan) {
		Instant created = (olderThan != null) ? ago(olderThan) : null;
		return (upload) -> (state == null || upload.state() == state) && (endpoint == null || isFor(endpoint, upload))
				&& (owner == null || owner.equals(upload.owner()))
				&& (created == null || upload.created().isBefore(created));
	}

	private static boolean isFor(String endpoint, Upload upload) {
		return (upload.endpoint() == null) ? endpoint.equals(EndpointRules.DEFAULT)
				: endpoint.equals(upload.endpoint()) || endpoint.equals(upload.endpointPattern());
	}

	private static Instant ago(Duration time) {
		try {
			return Instant.now().minus(time);
		}
		catch (DateTimeException | ArithmeticException ex) {
			throw new InvalidEndpointRequestException("Unknown time", "'olderThan' must not be before all time");
		}
	}

	private Map<String, Integer> counts() {
		return Map.of("appends", this.operations.runningAppends(), "finishing", this.finishing.size());
	}

	/**
	 * Shows one upload.
	 * @param id the upload's id
	 * @param context who asks
	 * @return the upload, or status 404 if there is none, 503 if the storage is away
	 */
	@ReadOperation
	public WebEndpointResponse<Description> upload(@Selector String id, SecurityContext context) {
		return answer(() -> find(id).map((upload) -> new WebEndpointResponse<>(describe(upload, context)))
			.orElseGet(() -> new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND)));
	}

	private Optional<Upload> find(String id) {
		return UploadId.isValid(id) ? this.operations.find(UploadId.of(id)) : Optional.empty();
	}

	/**
	 * Removes an upload.
	 * @param id the upload's id
	 * @return status 204, 404 if there is no such upload, 409 if it is being delivered,
	 * 503 if the storage is away
	 */
	@DeleteOperation
	public WebEndpointResponse<Void> terminate(@Selector String id) {
		return answer(() -> {
			boolean terminated = UploadId.isValid(id) && this.operations.terminate(UploadId.of(id));
			return new WebEndpointResponse<>(
					terminated ? WebEndpointResponse.STATUS_NO_CONTENT : WebEndpointResponse.STATUS_NOT_FOUND);
		});
	}

	/**
	 * Does something with an upload.
	 * @param id the upload's id
	 * @param operation {@code interrupt} ends an append that runs in this instance,
	 * {@code redeliver} delivers a full upload again
	 * @return status 204, 404 if there is no such upload, 409 if it is not in the state
	 * for that, 503 if the storage is away
	 */
	@WriteOperation
	public WebEndpointResponse<Void> operate(@Selector String id, String operation) {
		return answer(() -> {
			if (find(id).isEmpty()) {
				return new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
			}
			boolean done = switch (operation) {
				case "interrupt" -> this.operations.interrupt(UploadId.of(id));
				case "redeliver" -> this.operations.redeliver(UploadId.of(id));
				default -> throw new InvalidEndpointRequestException("Unknown operation",
						"'operation' must be 'interrupt' or 'redeliver'");
			};
			return new WebEndpointResponse<>(done ? WebEndpointResponse.STATUS_NO_CONTENT : CONFLICT);
		});
	}

	private static <T> WebEndpointResponse<T> answer(Supplier<WebEndpointResponse<T>> operation) {
		try {
			return operation.get();
		}
		catch (UploadLockedException ex) {
			return new WebEndpointResponse<>(CONFLICT);
		}
		catch (UploadUnavailableException | UploadStorageException ex) {
			logger.debug("The storage is away", ex);
			return new WebEndpointResponse<>(WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE);
		}
	}

	private Description describe(Upload upload, SecurityContext context) {
		boolean shown = this.showValues.isShown(context, this.roles);
		Map<String, String> metadata = new LinkedHashMap<>();
		upload.metadata()
			.asMap()
			.forEach((key, value) -> metadata.put(key, (shown || !StringUtils.hasLength(value)) ? value : HIDDEN));
		return new Description(upload.id().toString(), upload.state(), upload.offset(), upload.length(),
				upload.created(), Duration.between(upload.created(), Instant.now()), upload.modified(),
				upload.expires(), upload.owner(), upload.endpoint(), upload.attempts(), metadata,
				this.operations.rate(upload.id()).orElse(null));
	}

	/**
	 * What the endpoint shows.
	 *
	 * @param settings what is configured
	 * @param counts what goes on in this instance
	 * @param uploads a page of uploads
	 * @param cursor where the next page begins, or {@code null} if this is the last one
	 */
	public record Page(Map<String, Object> settings, Map<String, Integer> counts, List<Description> uploads,
			@Nullable String cursor) implements OperationResponseBody {

	}

	/**
	 * An upload as an operator sees it.
	 *
	 * @param id the id
	 * @param state the state
	 * @param offset how many bytes there are
	 * @param length how many there are going to be, or {@code null}
	 * @param created when it was created
	 * @param age how long ago that was
	 * @param modified when bytes came last
	 * @param expires when it expires, or {@code null}
	 * @param owner whose it is, or {@code null}
	 * @param endpoint the endpoint of the application's own that it is for, or
	 * {@code null}
	 * @param attempts how often its delivery was begun
	 * @param metadata what its client says of it; the values only where they may be seen
	 * @param rate how many bytes come in a second, or {@code null} if no append runs in
	 * this instance
	 */
	public record Description(String id, UploadState state, long offset, @Nullable Long length, Instant created,
			Duration age, Instant modified, @Nullable Instant expires, @Nullable String owner,
			@Nullable String endpoint, int attempts, Map<String, String> metadata,
			@Nullable Long rate) implements OperationResponseBody {

	}

}
