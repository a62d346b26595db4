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

package io.github.tusspring.storage.s3;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.github.tusspring.upload.Checksum;
import io.github.tusspring.upload.InvalidUploadException;
import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.UnboundThreadFactory;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadLockedException;
import io.github.tusspring.upload.UploadNotFoundException;
import io.github.tusspring.upload.UploadState;
import io.github.tusspring.upload.UploadStorage;
import io.github.tusspring.upload.UploadTooLargeException;
import io.github.tusspring.upload.UploadWriter;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

import org.springframework.core.io.Resource;
import org.springframework.core.log.LogMessage;
import org.springframework.util.Assert;

/**
 * Keeps uploads in a bucket of a store that speaks S3. The object {@code <prefix><id>}
 * has the bytes of a full upload, {@code <prefix><id>.info} its manifest. Any number of
 * instances of the application may share a bucket without a lock: a change of a manifest
 * is a conditional write, and refused by the store if another instance came first. Bytes
 * go from memory straight into the parts of a multipart upload.
 */
public final class S3UploadStorage implements UploadStorage, Closeable {

	private static final Log logger = LogFactory.getLog(S3UploadStorage.class);

	/**
	 * How long a delivery is another instance's after it was last heard of.
	 */
	private static final Duration CLAIM = Duration.ofSeconds(30);

	/**
	 * What a signature may be valid for.
	 */
	private static final Duration SHORTEST_URL = Duration.ofSeconds(1);

	private static final Duration LONGEST_URL = Duration.ofDays(7);

	private static final int SWEEP_MILLIS = 250;

	private static final int CALLBACK_THREADS = 4;

	private static final int TASK_THREADS = 32;

	private static final int SIGNING_THREADS = 4;

	private final ConcurrentMap<UploadId, S3UploadWriter> writers = new ConcurrentHashMap<>();

	private final ThreadPoolExecutor executor = executor("tus-s3-", CALLBACK_THREADS);

	private final ScheduledThreadPoolExecutor sweeper = sweeper();

	private final ThreadPoolExecutor tasks = executor("tus-s3-task-", TASK_THREADS);

	private final ThreadPoolExecutor signers = executor("tus-s3-sign-", SIGNING_THREADS);

	private final S3Settings settings;

	private final S3KeyStrategy keys;

	private final StoreFailures failures;

	private final S3Objects objects;

	private final Manifests manifests;

	private final PartSizes sizes;

	private final MemoryBudget budget;

	private final ContentAssembly assembly;

	private final UnsettledUploads unsettled;

	private final WaitingUploads waiting = new WaitingUploads(this);

	private final OpenUploads open = new OpenUploads(this);

	private final LastPass lastPass = new LastPass(this);

	private final UsedIds usedIds = new UsedIds(this);

	private final S3LeftBehind leftBehind = new S3LeftBehind(this);

	private final FirstContact contact;

	private final Supplier<@Nullable S3Presigner> presigner;

	private volatile Consumer<Upload> lostListener = (upload) -> {
	};

	/**
	 * Creates a storage. Makes no request.
	 * @param client the client, which is the caller's to close
	 * @param settings how to use the bucket
	 * @param keys says where contents lie
	 */
	public S3UploadStorage(S3AsyncClient client, S3Settings settings, S3KeyStrategy keys) {
		this(client, settings, keys, false, new S3RequestCustomizer() {
		});
	}

	/**
	 * Creates a storage. Makes no request.
	 * @param client the client, which is the caller's to close
	 * @param settings how to use the bucket
	 * @param keys says where contents lie
	 * @param locked whether a locker keeps all instances of the application apart, so
	 * that the store needn't be able to write conditionally
	 * @param customizer adds to the requests
	 */
	public S3UploadStorage(S3AsyncClient client, S3Settings settings, S3KeyStrategy keys, boolean locked,
			S3RequestCustomizer customizer) {
		this(client, settings, keys, locked, customizer, () -> null);
	}

	/**
	 * Creates a storage. Makes no request.
	 * @param client the client, which is the caller's to close
	 * @param settings how to use the bucket
	 * @param keys says where contents lie
	 * @param locked whether a locker keeps all instances of the application apart, so
	 * that the store needn't be able to write conditionally
	 * @param customizer adds to the requests
	 * @param presigner gives what signs URLs for downloads, when there is one to be
	 * signed; {@code null} if nothing does
	 */
	public S3UploadStorage(S3AsyncClient client, S3Settings settings, S3KeyStrategy keys, boolean locked,
			S3RequestCustomizer customizer, Supplier<@Nullable S3Presigner> presigner) {
		this.presigner = presigner;
		this.settings = settings;
		this.keys = keys;
		this.failures = new StoreFailures(settings.bucket());
		this.objects = new S3Objects(client, customizer, this.failures);
		this.manifests = new Manifests(this.objects, settings.bucket(), settings.prefix(),
				settings.conditionalWrites() != ConditionalWrites.OFF);
		this.sizes = new PartSizes(settings);
		this.budget = new MemoryBudget(settings.memory(), this.executor);
		this.assembly = new ContentAssembly(this);
		this.unsettled = new UnsettledUploads(this);
		this.contact = new FirstContact(this, locked);
	}

	private ScheduledThreadPoolExecutor sweeper() {
		ScheduledThreadPoolExecutor sweeper = new ScheduledThreadPoolExecutor(1,
				new UnboundThreadFactory("tus-s3-sweep-"), new ThreadPoolExecutor.DiscardPolicy());
		sweeper.setRemoveOnCancelPolicy(true);
		sweeper.scheduleWithFixedDelay(() -> this.writers.values().forEach(S3UploadWriter::settle), SWEEP_MILLIS,
				SWEEP_MILLIS, TimeUnit.MILLISECONDS);
		return sweeper;
	}

	private static ThreadPoolExecutor executor(String prefix, int threads) {
		ThreadPoolExecutor executor = new ThreadPoolExecutor(threads, threads, 10, TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(), new UnboundThreadFactory(prefix), new ThreadPoolExecutor.DiscardPolicy());
		executor.allowCoreThreadTimeOut(true);
		return executor;
	}

	/**
	 * Makes the first contact with the store, and finds out what it can do.
	 * @throws MissingConditionalWritesException if it lacks what is needed
	 * @throws io.github.tusspring.upload.UploadUnavailableException if it can't be used
	 * now
	 * @throws IOException if it fails
	 */
	public void connect() throws IOException {
		this.contact.make();
		check();
	}

	S3Settings settings() {
		return this.settings;
	}

	StoreFailures failures() {
		return this.failures;
	}

	S3Objects objects() {
		return this.objects;
	}

	Manifests manifests() {
		return this.manifests;
	}

	PartSizes sizes() {
		return this.sizes;
	}

	MemoryBudget budget() {
		return this.budget;
	}

	ContentAssembly assembly() {
		return this.assembly;
	}

	/**
	 * Returns what runs short calls that must not wait for the store.
	 */
	Executor executor() {
		return this.executor;
	}

	/**
	 * Returns what runs tasks that wait for the store.
	 */
	Executor tasks() {
		return this.tasks;
	}

	/**
	 * Returns what signs parts and hands them over. Tasks may wait for an append that
	 * waits for its parts, and must not keep those from being sent.
	 */
	Executor signers() {
		return this.signers;
	}

	boolean isConditional() {
		return this.manifests.isConditional();
	}

	String key(String name) {
		return this.settings.prefix() + name;
	}

	private Manifest locate(NewUpload upload) {
		try {
			Manifest manifest = Manifest.of(upload, this.keys.locate(upload), Instant.now());
			location(manifest);
			return manifest;
		}
		catch (IllegalArgumentException ex) {
			// The key may be made of what the client says: of the file's name, say.
			logger.warn(LogMessage.format("The content of an upload can't have the key that was made for it: %s",
					ex.getMessage()));
			throw new InvalidUploadException("The content can't be stored under the name that was made for it");
		}
	}

	S3Location location(Manifest manifest) {
		return new S3Location(manifest.bucket, key(String.valueOf(manifest.key)));
	}

	String bucket(S3Location location) {
		return Objects.requireNonNullElse(location.bucket(), this.settings.bucket());
	}

	@Override
	public Upload create(NewUpload upload) throws IOException {
		this.contact.ensure();
		checkLength(upload);
		Manifest manifest = locate(upload);
		beginDelivery(manifest);
		// No append is going to say so of an upload without bytes.
		if (upload.isFinal() || (manifest.begun && upload.endpoint() == null)) {
			this.objects.await(this.unsettled.add(upload.id()));
		}
		if (manifest.state() == UploadState.RECEIVING) {
			this.open.add(upload.id());
		}
		return this.manifests.create(upload.id(), manifest).toUpload();
	}

	@Override
	public boolean use(UploadId id, Instant until) throws IOException {
		this.contact.ensure();
		return this.usedIds.add(id, until);
	}

	@Override
	public void giveBack(UploadId id, Instant until) throws IOException {
		this.usedIds.remove(id, until);
	}

	private void checkLength(NewUpload upload) {
		if (upload.length() != null && !upload.isFinal() && !this.sizes.isPossible(upload.length())) {
			throw new UploadTooLargeException("The upload is longer than an object can be, or needs parts that have no "
					+ "room in the memory for parts");
		}
	}

	@Override
	public @Nullable Upload find(UploadId id) throws IOException {
		this.contact.ensure();
		StoredUpload stored = this.manifests.find(id);
		return (stored != null) ? seen(stored) : null;
	}

	@Override
	public @Nullable Upload look(UploadId id) throws IOException {
		this.contact.ensure();
		StoredUpload stored = this.manifests.look(id);
		return (stored != null) ? seen(stored) : null;
	}

	@Override
	public @Nullable Upload recall(UploadId id) throws IOException {
		this.contact.ensure();
		StoredUpload stored = this.manifests.recall(id);
		return (stored != null) ? seen(stored) : null;
	}

	@Override
	public boolean remembers(UploadId id) {
		return this.manifests.remembers(id);
	}

	private @Nullable Upload seen(StoredUpload stored) {
		S3UploadWriter writer = this.writers.get(stored.id());
		if (writer != null) {
			writer.sees(stored);
		}
		return stored.manifest().deleted ? null : stored.toUpload();
	}

	/**
	 * Returns the look at an upload that the engine has.
	 */
	StoredUpload require(Upload upload) throws IOException {
		StoredUpload stored = (upload.version() instanceof StoredUpload known) ? known
				: this.manifests.find(upload.id());
		if (stored == null || stored.manifest().deleted) {
			throw new UploadNotFoundException(upload.id());
		}
		return stored;
	}

	@Override
	public UploadWriter append(Upload upload, long generation, boolean held) throws IOException {
		checkLength(upload.asked());
		StoredUpload stored = require(upload);
		S3UploadWriter writer = new S3UploadWriter(this, stored, upload, generation, held);
		try {
			fenceOlder(writer);
			StoredUpload.Change check = (manifest) -> {
				if (manifest.offset() != upload.offset()) {
					throw new UploadLockedException(upload.id());
				}
			};
			check.apply(stored.manifest());
			if (!stored.isOurs()) {
				stored.change(check);
			}
			return writer;
		}
		catch (IOException | RuntimeException ex) {
			writer.close();
			throw ex;
		}
	}

	private void fenceOlder(S3UploadWriter writer) {
		UploadId id = writer.upload().id();
		S3UploadWriter other;
		while ((other = this.writers.putIfAbsent(id, writer)) != null) {
			if (other.generation() > writer.generation()) {
				throw new UploadLockedException(id);
			}
			other.fence();
			if (this.writers.replace(id, other, writer)) {
				return;
			}
		}
	}

	void closed(S3UploadWriter writer) {
		this.writers.remove(writer.upload().id(), writer);
	}

	/**
	 * Notes where every instance finds it that an upload is going to be full.
	 */
	CompletableFuture<?> announce(Upload upload) {
		return (upload.endpoint() != null) ? CompletableFuture.completedFuture(null) : this.unsettled.add(upload.id());
	}

	/**
	 * Says together with the last byte that the delivery begins, which spares a request.
	 */
	void beginDelivery(Manifest manifest) {
		if (manifest.state == UploadState.RECEIVING && manifest.state() == UploadState.FINISHING) {
			manifest.begun = true;
			claim(manifest);
		}
	}

	private static void claim(Manifest manifest) {
		manifest.claimed = Instant.now().plus(CLAIM).toString();
	}

	@Override
	public void update(Upload upload) throws IOException {
		StoredUpload stored = require(upload);
		S3UploadWriter writer = this.writers.get(upload.id());
		if (writer != null && writer.declares(upload)) {
			// Stored together with the bytes.
			return;
		}
		Manifest known = stored.manifest();
		boolean begun = upload.state() == UploadState.FINISHING && known.begun
				&& upload.attempts() == known.attempts + 1 && stored.isOurs();
		if (begun) {
			stored.begun();
		}
		else {
			if (upload.state() == UploadState.FINISHING && known.state != UploadState.FINISHING) {
				this.objects.await(announce(upload));
			}
			stored.change((manifest) -> change(manifest, upload));
		}
		boolean first = upload.state() == UploadState.FINISHING && upload.attempts() == 1;
		if (first || upload.state() == UploadState.REJECTED) {
			full(upload.id());
		}
		if (upload.state().isSettled()) {
			this.unsettled.discard(upload.id());
		}
		else if (upload.state() == UploadState.FINISHING) {
			this.assembly.complete(stored);
			this.assembly.check(stored);
		}
	}

	/**
	 * Called when an upload is full: it is no longer an unfinished one.
	 */
	void full(UploadId id) {
		this.open.discard(id);
	}

	private static void change(Manifest manifest, Upload upload) {
		manifest.size = upload.length();
		manifest.digest = Checksum.write(upload.asked().digest());
		manifest.lateLength = upload.lateLength();
		manifest.answer = Manifest.Answer.of(upload.answer());
		if (upload.state() != UploadState.RECEIVING) {
			manifest.state = upload.state();
			manifest.attempts = upload.attempts();
			manifest.completed = (upload.completed() != null) ? upload.completed().toString() : null;
			manifest.begun = false;
		}
		manifest.next = null;
		manifest.claimed = null;
		if (upload.state() == UploadState.FINISHING) {
			claim(manifest);
		}
	}

	@Override
	public void renew(Upload upload) throws IOException {
		require(upload).change(S3UploadStorage::claim);
	}

	@Override
	public void release(Upload upload, Instant next) throws IOException {
		require(upload).change((manifest) -> {
			manifest.claimed = null;
			manifest.next = next.toString();
		});
	}

	@Override
	public Upload concatenate(Upload upload, List<Upload> parts) throws IOException {
		StoredUpload stored = require(upload);
		Manifest manifest = stored.manifest();
		if (manifest.stored != null) {
			// Done before, and only the answer lost.
			return stored.toUpload();
		}
		// Other instances leave it alone meanwhile.
		ScheduledFuture<?> note = this.unsettled.keep(upload.id(), upload.created(), this.sweeper);
		long length;
		try {
			length = new S3Concatenation(this, stored).concatenate(parts);
		}
		finally {
			note.cancel(false);
		}
		stored.made();
		if (upload.length() == null || manifest.offset() != length) {
			try {
				stored.change((next) -> {
					next.size = length;
					next.stored = length;
					next.touch();
					beginDelivery(next);
				});
			}
			catch (UploadNotFoundException ex) {
				this.assembly.remove(stored);
				throw ex;
			}
		}
		return stored.toUpload();
	}

	@Override
	public Resource content(Upload upload) {
		try {
			StoredUpload stored = require(upload);
			this.assembly.complete(stored);
			S3Location location = location(stored.manifest());
			return new S3Content(this.objects, bucket(location), location.key(), upload);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public @Nullable URI downloadUrl(Upload upload, Duration time) throws IOException {
		Assert.isTrue(time.compareTo(SHORTEST_URL) >= 0 && time.compareTo(LONGEST_URL) <= 0,
				"'time' must be between a second and 7 days");
		S3Presigner presigner = this.presigner.get();
		if (presigner == null) {
			return null;
		}
		StoredUpload stored = require(upload);
		this.assembly.complete(stored);
		S3Location location = location(stored.manifest());
		String disposition = ObjectAttributes.disposition(upload.metadata());
		try {
			return URI.create(
					presigner
						.presignGetObject((request) -> request.signatureDuration(time)
							.getObjectRequest((get) -> get.bucket(bucket(location))
								.key(location.key())
								.responseContentDisposition(disposition)
								.applyMutation(this.objects.customizer()::customize)))
						.url()
						.toString());
		}
		catch (SdkException ex) {
			throw this.failures.translate(ex);
		}
	}

	@Override
	public boolean hasContent(Upload upload) {
		try {
			Manifest manifest = require(upload).manifest();
			return !manifest.removed && manifest.state != UploadState.REJECTED;
		}
		catch (UploadNotFoundException ex) {
			return false;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void moveContent(Upload upload, Path target) throws IOException {
		StoredUpload stored = requireUnclaimed(upload);
		this.assembly.complete(stored);
		S3Location location = location(stored.manifest());
		new S3Content(this.objects, bucket(location), location.key(), upload).copyTo(target);
		deleteContent(upload);
	}

	@Override
	public void deleteContent(Upload upload) throws IOException {
		StoredUpload stored = requireUnclaimed(upload);
		if (!stored.manifest().removed) {
			this.assembly.complete(stored);
			stored.change((manifest) -> manifest.removed = true);
			removeObject(stored.manifest());
		}
	}

	/**
	 * Returns the look at an upload that no other instance delivers: that could not say
	 * any more how the delivery has ended.
	 */
	private StoredUpload requireUnclaimed(Upload upload) throws IOException {
		StoredUpload stored = require(upload);
		if (stored.toUpload().isClaimed(Instant.now())) {
			throw new UploadLockedException(upload.id());
		}
		return stored;
	}

	@Override
	public boolean delete(UploadId id) throws IOException {
		Upload upload = find(id);
		return upload != null && delete(upload);
	}

	@Override
	public boolean delete(Upload upload) throws IOException {
		StoredUpload stored;
		try {
			stored = require(upload);
			stored.markDeleted(stored.manifest());
		}
		catch (UploadNotFoundException ex) {
			return false;
		}
		removeAll(stored);
		return true;
	}

	/**
	 * Removes what an upload that is being deleted has left.
	 */
	void removeAll(StoredUpload stored) throws IOException {
		Manifest manifest = stored.manifest();
		S3Location location = location(manifest);
		S3UploadWriter writer = this.writers.get(stored.id());
		if (writer != null) {
			writer.fence();
		}
		if (manifest.isPartial) {
			// First, since it is gone already for all that wait for it.
			goOnWithout(stored.id());
		}
		if (manifest.multipartUpload != null && !stored.isAssembled()) {
			this.objects.awaitIfPresent(this.objects.abort(bucket(location), location.key(), manifest.multipartUpload));
		}
		removeObject(manifest);
		List<CompletableFuture<?>> tails = new ArrayList<>();
		manifest.tails.forEach((tail) -> tails.add(this.objects.delete(this.settings.bucket(), key(tail.name()))));
		for (CompletableFuture<?> tail : tails) {
			// A former try may have removed it.
			this.objects.awaitIfPresent(tail);
		}
		if (manifest.state() != UploadState.RECEIVING || manifest.isFinal()) {
			this.unsettled.discard(stored.id());
		}
		if (manifest.state() == UploadState.RECEIVING) {
			this.open.discard(stored.id());
			manifest.partIds().forEach((part) -> this.objects.discard(this.waiting.remove(stored.id(), part)));
		}
		stored.remove();
	}

	/**
	 * Notes that somebody has to go on with what waits for a part that is gone.
	 */
	private void goOnWithout(UploadId part) throws IOException {
		try (Stream<UploadId> finals = filled(part)) {
			finals.forEach((id) -> {
			});
		}
		catch (UncheckedIOException ex) {
			throw ex.getCause();
		}
	}

	/**
	 * Gives up an upload of which the store has lost what counted already: its client has
	 * to start over. What is left of it is removed as far as that can be done.
	 * @param judged the manifest by which that was decided
	 * @return what is to be thrown
	 */
	UploadNotFoundException lost(StoredUpload stored, Manifest judged) throws IOException {
		UploadNotFoundException lost = stored.lost(judged);
		this.lostListener.accept(stored.toUpload());
		// Not here: the caller may hold what the removal waits for.
		this.tasks.execute(() -> removeLost(stored));
		return lost;
	}

	private void removeLost(StoredUpload stored) {
		try {
			removeAll(stored);
		}
		catch (IOException | RuntimeException ex) {
			logger.debug(
					LogMessage.format("Something stays in the store of lost upload '%s'", stored.id().abbreviated()),
					ex);
		}
	}

	/**
	 * Removes the object of an upload, if there is one: another one may lie where it was
	 * to lie or lay.
	 */
	private void removeObject(Manifest manifest) throws IOException {
		S3Location location = location(manifest);
		HeadObjectResponse there = this.assembly.head(location);
		if (there == null) {
			return;
		}
		if (ContentAssembly.isOurs(manifest, there)) {
			try {
				this.objects.awaitIfPresent(this.objects.delete(bucket(location), location.key(), there.eTag()));
			}
			catch (PreconditionFailedException ex) {
				logger.debug(LogMessage.format("Object '%s' is another one by now, and stays", location.key()));
			}
		}
		else if (manifest.isFull() && !manifest.removed && !there.metadata().containsKey(ObjectAttributes.UPLOAD)) {
			logger.warn(LogMessage.format(
					"Object '%s' stays in bucket '%s': it doesn't say that it is the upload's, or the store keeps no metadata",
					location.key(), bucket(location)));
		}
	}

	/**
	 * Removes tails that are of no more use.
	 */
	void discard(List<String> tails) {
		if (!tails.isEmpty()) {
			this.objects.discard(this.objects.delete(this.settings.bucket(), tails.stream().map(this::key).toList()));
		}
	}

	@Override
	public boolean noteUnfinished() {
		this.open.note();
		return true;
	}

	@Override
	public Stream<Upload> unfinished(Predicate<UploadId> interest) throws IOException {
		this.contact.ensure();
		return this.open.list(interest);
	}

	@Override
	public boolean beginPass(Duration interval) throws IOException {
		this.contact.ensure();
		return this.lastPass.begin(interval);
	}

	@Override
	public Stream<Upload> list() throws IOException {
		return list((id, changed) -> true);
	}

	@Override
	public Stream<Upload> list(BiPredicate<UploadId, Instant> interest) throws IOException {
		this.contact.ensure();
		return this.manifests.list(interest).flatMap((id) -> Stream.ofNullable(listed(id)));
	}

	@Override
	public Stream<UploadId> ids() throws IOException {
		this.contact.ensure();
		return this.manifests.list((id, changed) -> true);
	}

	private @Nullable Upload listed(UploadId id) {
		try {
			return look(id);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public boolean awaitPart(Upload upload, UploadId part) throws IOException {
		this.objects.await(this.waiting.add(upload.id(), part));
		if (isOpen(part)) {
			this.objects.awaitIfPresent(this.unsettled.remove(upload.id()));
			if (isOpen(part)) {
				return true;
			}
			// Whoever has filled it meanwhile may have noted what was removed after that.
			this.objects.await(this.unsettled.add(upload.id()));
		}
		this.objects.discard(this.waiting.remove(upload.id(), part));
		return false;
	}

	private boolean isOpen(UploadId id) throws IOException {
		Upload upload = find(id);
		return upload != null && !upload.isFull();
	}

	@Override
	public Stream<UploadId> filled(UploadId part) throws IOException {
		this.contact.ensure();
		Stream<UploadId> finals = this.waiting.list(part).filter((id) -> waitsNoMore(id, part));
		// Reached only when all of them have come.
		return Stream.concat(finals, Stream.of(part).flatMap((id) -> {
			this.unsettled.discard(id);
			return Stream.empty();
		}));
	}

	/**
	 * Notes that somebody has to go on with a final upload, instead of what it waited
	 * for.
	 * @return {@code false} if there is nothing to go on with
	 */
	private boolean waitsNoMore(UploadId id, UploadId part) {
		try {
			StoredUpload stored = this.manifests.look(id);
			boolean open = stored != null && !stored.manifest().deleted
					&& stored.manifest().state() == UploadState.RECEIVING;
			if (open) {
				this.objects.await(this.unsettled.add(id));
			}
			this.objects.discard(this.waiting.remove(id, part));
			return open;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public Stream<Upload> unsettled() throws IOException {
		return unsettled(Instant.now());
	}

	Stream<Upload> unsettled(Instant now) throws IOException {
		this.contact.ensure();
		return this.unsettled.list(now);
	}

	@Override
	public boolean isRemote() {
		return true;
	}

	@Override
	public void check() throws IOException {
		this.contact.ensure();
		this.objects.await(this.objects.headBucket(this.settings.bucket()));
	}

	@Override
	public long memoryUsed() {
		return this.budget.used();
	}

	@Override
	public void whenLost(Consumer<Upload> listener) {
		this.lostListener = listener;
	}

	@Override
	public void tidy() throws IOException {
		this.leftBehind.remove();
	}

	@Override
	public void close() {
		this.failures.close();
		this.sweeper.shutdown();
		this.executor.shutdown();
		this.tasks.shutdown();
		this.signers.shutdown();
	}

	@Override
	public String toString() {
		return "bucket '" + this.settings.bucket() + "'"
				+ (this.settings.prefix().isEmpty() ? "" : " below '" + this.settings.prefix() + "'");
	}

}
